/** The OpenAPI 3.1 document, made from the operations. */
import type { Operation } from '../../operations/define.ts';

export function renderOpenApi(operations: readonly Operation[]): Record<string, unknown> {
  return { openapi: '3.1.0', operations: operations.length };
}
