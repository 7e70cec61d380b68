/** The `AuditTrail` port over PostgreSQL. */
import type { AuditEntry } from '../../../core/audit/record.ts';
import type { AuditTrail } from '../../../ports/audit-trail.ts';
import type { Database } from '../database.ts';
import type { AuditContext } from './audit-context.ts';
import { insertRecord } from './insert-record.ts';
import { Refusals } from './refusals.ts';

export class PostgresAuditTrail implements AuditTrail {
  readonly #db: Database;
  readonly #context: AuditContext;
  readonly #refusals = new Refusals();

  constructor(db: Database, context: AuditContext) {
    this.#db = db;
    this.#context = context;
  }

  within<T>(entry: AuditEntry, work: () => Promise<T>): Promise<T> {
    return this.#context.within(entry, work);
  }

  async record(entry: AuditEntry): Promise<void> {
    await this.#db.run(insertRecord, { stamp: this.#context.stampOf(entry) });
  }

  refused(entry: AuditEntry): void {
    this.#refusals.count(entry);
  }

  async flush(): Promise<void> {
    for (const { entry, lines, count } of this.#refusals.take()) {
      const stamp = this.#context.stampOf({ ...entry, operation: 'refused', outcome: 'refused' });
      await this.#db.run(insertRecord, { stamp, items: { lines, count } });
    }
  }
}
