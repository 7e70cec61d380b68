/** An audit for tests that are not about it: does the work, keeps nothing. */
import type { AuditKeys } from '../audit-keys.ts';
import type { AuditTrail } from '../audit-trail.ts';

export const NO_AUDIT: AuditTrail = {
  within: (_entry, work) => work(),
  record: async () => undefined,
  refused: () => undefined,
  flush: async () => undefined,
};

export const NO_AUDIT_KEYS: AuditKeys = {
  name: 'local',
  publicKey: '',
  digest: (text) => text,
  sign: (body) => ({ body, keyId: '', signature: '' }),
  signedBy: () => undefined,
  note: async () => undefined,
  noted: async () => [],
};
