/**
 * Which operation the present work belongs to. A change that nobody speaks for is recorded all the
 * same, as the server's own: nothing is changed without a record (invariant 10).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { hash } from 'node:crypto';
import { type AuditEntry, type AuditItem, itemLine, systemEntry } from '../../../core/audit/record.ts';
import type { Clock } from '../../../ports/clock.ts';
import { cleanText } from '../json-text.ts';

/** Whom a change is recorded under. */
export interface AuditSpeaker {
  readonly chain: string;
  readonly principal: string;
  readonly kind: string;
  readonly operation: string;
}

/** What a statement needs to insert a record, or to put an item into the record of its group. */
export interface AuditStamp extends AuditSpeaker {
  readonly at: number;
  readonly project: string | null;
  readonly effect: string;
  readonly outcome: string;
  readonly line: string;
}

export class AuditContext {
  /** Of this replica. */
  readonly chain: string;
  readonly #clock: Clock;
  readonly #entries = new AsyncLocalStorage<AuditEntry>();

  constructor(chain: string, clock: Clock) {
    this.chain = chain;
    this.#clock = clock;
  }

  within<T>(entry: AuditEntry, work: () => Promise<T>): Promise<T> {
    return this.#entries.run(entry, work);
  }

  /** @param operation what it is called when nobody speaks for it */
  stamp(operation: string, item?: AuditItem): AuditStamp {
    const entry = this.#entries.getStore() ?? systemEntry('server', operation, this.#clock.now());
    return this.stampOf(entry, item);
  }

  /** For a record of a group that has no line for each of its items. */
  speaker(operation: string): AuditSpeaker {
    return this.speakerOf(this.#entries.getStore() ?? systemEntry('server', operation, this.#clock.now()));
  }

  speakerOf({ principal, kind, operation }: AuditEntry): AuditSpeaker {
    return { chain: this.chain, principal: cleanText(principal), kind, operation: cleanText(operation) };
  }

  stampOf(entry: AuditEntry, item?: AuditItem): AuditStamp {
    const { at, kind, effect, outcome = 'done', project } = entry;
    return {
      at: Math.ceil(at),
      chain: this.chain,
      principal: cleanText(entry.principal),
      kind,
      operation: cleanText(entry.operation),
      project: project === undefined ? null : cleanText(project),
      effect,
      outcome,
      line: cleanText(itemLine(entry, item)),
    };
  }
}

/** SHA-256, hexadecimal. */
export function digest(text: string): string {
  return hash('sha256', text);
}
