/** docs/openapi.json: what a running server answers at /openapi.json. */
import { OPERATIONS } from '../../src/operations/catalogue.ts';
import { renderOpenApi } from '../../src/serve/http/openapi.ts';

export function renderOpenApiFile(): string {
  return `${JSON.stringify(renderOpenApi(Object.values(OPERATIONS)), null, 2)}\n`;
}
