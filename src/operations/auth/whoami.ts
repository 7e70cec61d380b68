/** Who the caller is, and what they may where. */
import { WhoAmI } from '../../contract/identity.ts';
import { formatTime } from '../../contract/scalars.ts';
import { Nothing } from '../../contract/system.ts';
import { defineOperation } from '../define.ts';
import { viewScope } from '../identity/giving.ts';

export const whoAmI = defineOperation({
  name: 'auth.whoami',
  summary: 'Who you are and what you may',
  input: Nothing,
  output: WhoAmI,
  permission: 'self:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/auth/whoami' },
  async handler({ principal }) {
    const { id, kind, grants, groups = [], credential, tokenEndsAt } = principal;
    return {
      id,
      kind,
      groups: [...groups],
      grants: grants.map(({ role, permissions, operations, scope }) => ({
        role,
        permissions: [...permissions],
        operations: [...operations],
        scope: viewScope(scope),
      })),
      credential,
      tokenEndsAt: tokenEndsAt === undefined ? undefined : formatTime(tokenEndsAt),
    };
  },
});
