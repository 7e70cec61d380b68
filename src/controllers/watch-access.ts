/**
 * Watches who comes from where, while it happens (S10): every minute the new records of the audit go through
 * the rules, and what is found is told. It begins by learning what was usual, and tells nothing of that.
 */
import { Patterns } from '../core/audit/patterns/patterns.ts';
import type { AccessFinding } from '../core/audit/patterns/rule.ts';
import type { AuditRecord } from '../core/audit/record.ts';
import type { Ports } from '../ports/index.ts';

/** Milliseconds. */
const EVERY = 60_000;
const USUAL = 30 * 86_400_000;
/** A record may be committed after one that is younger. */
const LATE = 120_000;
/** To learn from, or in one round. */
const MOST_RECORDS = 20_000;
const PAGE = 500;

export class AccessWatch {
  readonly #ports: Pick<Ports, 'auditLog' | 'clock'>;
  readonly #tell: (finding: AccessFinding) => void;
  readonly #patterns = new Patterns();
  /** id → when, of those that may come again */
  #seen = new Map<number, number>();
  #since: number | undefined;

  /** @param tell called once for each finding */
  constructor(ports: Pick<Ports, 'auditLog' | 'clock'>, tell: (finding: AccessFinding) => void) {
    this.#ports = ports;
    this.#tell = tell;
  }

  /** Returns when to come again, milliseconds. */
  async round(): Promise<number> {
    const now = this.#ports.clock.now();
    const isLearning = this.#since === undefined;
    const records = await this.#unseen((this.#since ?? now - USUAL) - LATE);
    for (const record of records) {
      this.#seen.set(record.id, record.at);
      for (const finding of this.#patterns.take(record)) if (!isLearning) this.#tell(finding);
    }
    this.#since = records.at(-1)?.at ?? this.#since ?? now;
    const over = this.#since - 2 * LATE;
    this.#seen = new Map([...this.#seen].filter(([, at]) => at >= over));
    return EVERY;
  }

  /** In the order of time. */
  async #unseen(since: number): Promise<AuditRecord[]> {
    const records: AuditRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#ports.auditLog.list({ since }, { cursor, limit: PAGE });
      records.push(...page.items.filter(({ id }) => !this.#seen.has(id)));
      cursor = page.next;
    } while (cursor !== undefined && records.length < MOST_RECORDS);
    return records.sort((a, b) => a.at - b.at || a.id - b.id);
  }
}
