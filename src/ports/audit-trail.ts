/** Where changes, reads and refusals are noted as they happen (DESIGN.md, "Audit"). */
import type { AuditEntry } from '../core/audit/record.ts';

export interface AuditTrail {
  /**
   * Runs `work`; every change that the store commits meanwhile is recorded under the entry, in the
   * transaction of the change. What changes nothing (a lost compare-and-set, a repeated submission)
   * leaves no record.
   */
  within<T>(entry: AuditEntry, work: () => Promise<T>): Promise<T>;
  /** For what changes nothing: reads, sign-ins. It is durable when this resolves. */
  record(entry: AuditEntry): Promise<void>;
  /** Counted, and written by the next `flush` as one record per principal: a flood fills no disk. */
  refused(entry: AuditEntry): void;
  /** Writes what was counted since the last one. */
  flush(): Promise<void>;
}
