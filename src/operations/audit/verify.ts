/**
 * Verifies the audit as it lies in the database, with the keys and heads that this server keeps outside
 * it. Who does not trust the server either verifies an export elsewhere.
 */
import { AuditVerdict } from '../../contract/audit.ts';
import { Nothing } from '../../contract/system.ts';
import { Verification } from '../../core/audit/verify.ts';
import { defineOperation } from '../define.ts';
import { wholeLines } from './lines.ts';

export const verifyAudit = defineOperation({
  name: 'audit.verify',
  summary: 'Verify the chains of the audit in the database',
  input: Nothing,
  output: AuditVerdict,
  permission: 'audit:read',
  target: () => ({}),
  effect: 'read',
  audit: 'read',
  http: { method: 'GET', path: '/api/v1/audit/verification' },
  async handler({ ports, signal }) {
    const { digest, signedBy } = ports.auditKeys;
    const outsideHeads = await ports.auditKeys.noted();
    const verification = new Verification({ digest, signedBy, outsideHeads });
    for await (const line of wholeLines(ports)) {
      signal.throwIfAborted();
      verification.take(line);
    }
    const verdict = verification.finish();
    return { ...verdict, findings: [...verdict.findings] };
  },
});
