/** Operations by name, for those that speak of operations: roles, the matrix, `can-i`. */
import type { Asked } from '../../core/access/principal.ts';
import { OPERATIONS } from '../catalogue.ts';
import type { Operation } from '../define.ts';

/** A function, because the catalogue holds those who ask. */
export function knownOperations(): readonly Operation[] {
  return Object.values(OPERATIONS);
}

export function operationCalled(name: string): Operation | undefined {
  return knownOperations().find((operation) => operation.name === name);
}

export function permissionOf(name: string): Asked['permission'] | undefined {
  return operationCalled(name)?.permission;
}
