/**
 * Counts refusals until they are written: one record for each principal and window, so that a flood of
 * requests is no flood of records. Memory is bounded: what goes beyond it is counted together.
 */
import type { AuditEntry } from '../../../core/audit/record.ts';
import { cleanText } from '../json-text.ts';

export interface CountedRefusals {
  /** The first of them. */
  readonly entry: AuditEntry;
  /** One for each operation, code and address. */
  readonly lines: readonly string[];
  readonly count: number;
}

interface Counted {
  readonly entry: AuditEntry;
  readonly lines: Map<string, number>;
  count: number;
}

const MOST_PRINCIPALS = 1000;
const MOST_LINES = 50;
const OTHERS = 'others';

export class Refusals {
  #counted = new Map<string, Counted>();

  count(entry: AuditEntry): void {
    const counted = this.#of(entry);
    const { operation, outcome, project, address } = entry;
    const line = cleanText(JSON.stringify({ operation, outcome, project, address }));
    const kept = counted.lines.has(line) || counted.lines.size < MOST_LINES ? line : OTHERS;
    counted.lines.set(kept, (counted.lines.get(kept) ?? 0) + 1);
    counted.count += 1;
  }

  /** What was counted; counting begins anew. */
  take(): CountedRefusals[] {
    const counted = [...this.#counted.values()];
    this.#counted = new Map();
    return counted.map(({ entry, lines, count }) => ({
      entry,
      count,
      lines: [...lines].map(([line, times]) =>
        line === OTHERS
          ? JSON.stringify({ others: true, times })
          : JSON.stringify({ ...JSON.parse(line), times }),
      ),
    }));
  }

  #of(entry: AuditEntry): Counted {
    const known = this.#counted.get(entry.principal);
    if (known) return known;
    const full = this.#counted.size >= MOST_PRINCIPALS;
    const principal = full ? OTHERS : entry.principal;
    const other = this.#counted.get(principal);
    if (other) return other;
    const fresh = { entry: { ...entry, principal, project: undefined }, lines: new Map(), count: 0 };
    this.#counted.set(principal, fresh);
    return fresh;
  }
}
