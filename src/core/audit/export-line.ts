/**
 * The lines of an export, in this order: begin, retention, heads, then each chain from below (a block,
 * then its records), what is not sealed yet, and a signed end. So it can be verified as it is read.
 */
import type { AuditBlock } from './block.ts';
import type { AuditRecord } from './record.ts';
import type { Signed } from './signed.ts';

export type ExportLine =
  | {
      readonly type: 'begin';
      readonly version: 1;
      readonly at: number;
      readonly epoch: string;
      readonly filtered: boolean;
    }
  | ({ readonly type: 'retention' } & Signed)
  | ({ readonly type: 'head' } & Signed)
  | ({ readonly type: 'block' } & AuditBlock)
  | ({ readonly type: 'record' } & AuditRecord)
  | ({ readonly type: 'end' } & Signed);
