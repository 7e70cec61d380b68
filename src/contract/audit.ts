/** The audit on the wire: what was done, by whom, and the proof that nothing of it was changed. */
import { z } from 'zod';
import { Cursor, Limit, listOf } from './meta.ts';
import { Name } from './scalars.ts';

const Who = z.string().min(1).max(253);
const Moment = z.iso.datetime({ offset: true });

const auditFilter = {
  principal: Who.optional().describe('Such as key/ci or system/scheduler'),
  operation: Who.optional().describe('Such as job.submit'),
  project: Name.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
};

export const ListAudit = z.strictObject({ ...auditFilter, cursor: Cursor.optional(), limit: Limit });

export const ExportAudit = z.strictObject(auditFilter);

export const AuditItemView = z
  .looseObject({
    project: z.string().optional(),
    name: z.string().optional(),
    uid: z.string().optional(),
    state: z.string().optional().describe('The state that a job came into'),
    request: z.string().optional(),
    address: z.string().optional(),
    input: z.string().optional().describe('SHA-256 of the input, without what may be secret'),
    fields: z.array(z.string()).optional().describe('Names of the fields of the input'),
  })
  .describe('One operation of the group');

export const AuditRecordView = z
  .object({
    id: z.int(),
    at: z.string(),
    principal: z.string(),
    kind: z.string(),
    operation: z.string(),
    effect: z.string().describe('change, read, sign-in or refusal'),
    outcome: z.string(),
    project: z.string().optional(),
    count: z.int().describe('How many operations it stands for'),
    items: z.array(AuditItemView),
    digest: z.string().describe('SHA-256 of the items'),
    chain: z.string(),
    block: z.object({ height: z.int(), place: z.int() }).optional().describe('Absent until it is sealed'),
  })
  .meta({ id: 'AuditRecord' });

export const AuditList = listOf(AuditRecordView).meta({ id: 'AuditList' });

export const AuditLine = z
  .looseObject({ type: z.enum(['begin', 'retention', 'head', 'block', 'record', 'end']) })
  .describe('A line of the export, as `capstan audit verify` reads it')
  .meta({ id: 'AuditLine' });

const ChainView = z.object({ chain: z.string(), height: z.int(), hash: z.string() });

export const AuditHeadView = z
  .object({
    number: z.int(),
    at: z.string(),
    epoch: z.string(),
    chains: z.array(ChainView),
    keyId: z.string(),
    signature: z.string().describe('Ed25519 of `body`, base64url'),
    body: z.string(),
  })
  .meta({ id: 'AuditHead' });

export const AuditHeadList = listOf(AuditHeadView)
  .extend({ publicKey: z.string().describe('PEM of the key that this server signs with') })
  .meta({ id: 'AuditHeadList' });

export const AuditVerdict = z
  .object({
    ok: z.boolean(),
    findings: z.array(
      z.object({
        kind: z.string(),
        chain: z.string().optional(),
        height: z.int().optional(),
        record: z.int().optional(),
        head: z.int().optional(),
        message: z.string(),
      }),
    ),
    chains: z.int(),
    blocks: z.int(),
    records: z.int(),
    items: z.int().describe('Operations that the records stand for'),
    heads: z.int(),
    unsealed: z.int().describe('Records that no block seals yet'),
    youngerHeads: z.int().describe('Heads kept outside that are younger than the export'),
  })
  .meta({ id: 'AuditVerdict' });

export const FindInAudit = z.strictObject({
  since: Moment.optional().describe('Default: a day ago; what was usual is taken from the 30 days before'),
});

export const AuditFindings = z
  .object({
    items: z.array(
      z.object({
        rule: z
          .string()
          .describe('denied-burst, denied-probing, guessed-credential, new-place, unusual-reads'),
        at: z.string(),
        principal: z.string(),
        address: z.string().optional(),
        count: z.int().describe('How many operations it is about'),
        record: z.int().describe('Id of the record at which it was noticed'),
        message: z.string(),
      }),
    ),
    since: z.string(),
    records: z.int().describe('How many records were looked at'),
    complete: z.boolean().describe('False: there were more, and only the newest were looked at'),
  })
  .meta({ id: 'AuditFindings' });

export type AuditFindings = z.output<typeof AuditFindings>;
export type AuditRecordView = z.output<typeof AuditRecordView>;
export type AuditHeadView = z.output<typeof AuditHeadView>;
export type AuditVerdict = z.output<typeof AuditVerdict>;
export type AuditLine = z.output<typeof AuditLine>;
