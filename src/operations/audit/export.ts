/** Exports the audit, line by line; a whole export can be verified without this server. */
import { AuditLine, ExportAudit } from '../../contract/audit.ts';
import { defineStream } from '../define.ts';
import { filteredLines, wholeLines } from './lines.ts';
import { filterOf } from './view.ts';

export const exportAudit = defineStream({
  name: 'audit.export',
  summary: 'Export the audit; without a filter it can be verified offline',
  input: ExportAudit,
  output: AuditLine,
  permission: 'audit:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'read',
  http: { method: 'GET', path: '/api/v1/audit/export' },
  async *handler({ input, ports, signal }) {
    const filtered = Object.values(input).some((value) => value !== undefined);
    const lines = filtered ? filteredLines(ports, filterOf(input)) : wholeLines(ports);
    for await (const line of lines) {
      if (signal.aborted) return;
      yield { ...line };
    }
  },
});
