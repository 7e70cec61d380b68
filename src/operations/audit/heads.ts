/** Lists the signed heads over all chains, newest first. */
import { AuditHeadList } from '../../contract/audit.ts';
import { Page } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewHead } from './view.ts';

export const listAuditHeads = defineOperation({
  name: 'audit.heads',
  summary: 'List the signed heads of the audit, newest first',
  input: Page,
  output: AuditHeadList,
  permission: 'audit:read',
  target: () => ({}),
  effect: 'read',
  audit: 'read',
  http: { method: 'GET', path: '/api/v1/audit/heads' },
  async handler({ input, ports }) {
    const { items, next } = await ports.auditLog.heads(input);
    const { publicKey } = ports.auditKeys;
    return { items: items.flatMap((signed) => viewHead(signed) ?? []), next, publicKey };
  },
});
