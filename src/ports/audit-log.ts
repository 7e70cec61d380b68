/** The audit as it is kept: to be sealed, read, verified and, when it is old, dropped. */
import type { ChainHead } from '../core/audit/block.ts';
import type { ExportLine } from '../core/audit/export-line.ts';
import type { AuditRecord } from '../core/audit/record.ts';
import type { Retention, Signed } from '../core/audit/signed.ts';
import type { Page, PageOf } from './page.ts';

export interface AuditFilter {
  readonly principal?: string | undefined;
  readonly operation?: string | undefined;
  readonly project?: string | undefined;
  /** Epoch milliseconds, both inclusive. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** What a new head is made of. */
export interface HeadBasis {
  readonly number: number;
  readonly epoch: string;
  readonly chains: readonly ChainHead[];
  readonly previous: Signed | undefined;
}

/** All that retention has dropped, once it has dropped this as well. */
export type Dropping = Pick<Retention, 'chains' | 'head'>;

export interface AuditLog {
  /** Newest first. */
  list(filter: AuditFilter, page: Page): Promise<PageOf<AuditRecord>>;
  /** Everything that is kept, in the order that `Verification` reads; without begin and end. */
  lines(): AsyncIterable<ExportLine>;
  /** Seals the committed records of every chain that no other server is sealing now; how many. */
  seal(now: number): Promise<number>;
  /** Signs over all chains, one server at a time; undefined when nothing was sealed since the last head. */
  addHead(sign: (basis: HeadBasis) => Signed): Promise<Signed | undefined>;
  /** Newest first. */
  heads(page: Page): Promise<PageOf<Signed>>;
  /** Drops blocks, with their records, and heads that lie wholly before a time; keeps the signed proof. */
  drop(before: number, sign: (dropping: Dropping) => Signed): Promise<void>;
  /** Of the store. */
  epoch(): Promise<string>;
}
