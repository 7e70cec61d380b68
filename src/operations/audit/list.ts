/** Lists audit records, newest first. */
import { AuditList, ListAudit } from '../../contract/audit.ts';
import { defineOperation } from '../define.ts';
import { filterOf, viewRecord } from './view.ts';

export const listAudit = defineOperation({
  name: 'audit.list',
  summary: 'List audit records, newest first',
  input: ListAudit,
  output: AuditList,
  permission: 'audit:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'read',
  http: { method: 'GET', path: '/api/v1/audit/records' },
  async handler({ input, ports }) {
    const { cursor, limit } = input;
    const page = await ports.auditLog.list(filterOf(input), { cursor, limit });
    return { items: page.items.map(viewRecord), next: page.next };
  },
});
