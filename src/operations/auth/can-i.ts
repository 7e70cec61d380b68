/** Whether the caller may do an operation in a place; a project that they may not see is as one that is not there. */
import { CanI, CanIView } from '../../contract/identity.ts';
import { may, type Target } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { operationCalled } from '../identity/known.ts';

export const canI = defineOperation({
  name: 'auth.can-i',
  summary: 'Whether you may do an operation',
  input: CanI,
  output: CanIView,
  permission: 'self:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/auth/can-i' },
  async handler({ input, principal }) {
    const { operation: name, project, queue } = input;
    const operation = operationCalled(name);
    if (!operation) throw new Refused('operation.unknown', { operation: name });
    const { permission } = operation;
    const place = placeOf({ project, queue });
    if (may(principal, operation, place)) return { allowed: true, why: `${name} needs ${permission}` };
    const elsewhere = may(principal, operation, 'any');
    const why = elsewhere ? 'you may elsewhere, not there' : `no role of yours gives ${permission}`;
    return { allowed: false, why };
  },
});

/** Without a place: somewhere at all. */
function placeOf(target: Target): Target | 'any' {
  return target.project === undefined && target.queue === undefined ? 'any' : target;
}
