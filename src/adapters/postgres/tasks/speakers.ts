/**
 * Whom the rows of a statement are recorded under: a few, for many rows. Each row has the number of its
 * speaker; the statement joins them, and the audit groups by them.
 */
import type { AuditSpeaker } from '../audit/audit-context.ts';

export class Speakers {
  readonly #known = new Map<string, number>();
  readonly #stamps: AuditSpeaker[] = [];

  /** Parameters `n` to `n + 3`, as a table. */
  static of(n: number): string {
    return `unnest($${n}::text[], $${n + 1}::text[], $${n + 2}::text[], $${n + 3}::text[])
      WITH ORDINALITY AS w (principal, kind, chain, operation, who)`;
  }

  /** From 1, as ordinality counts. */
  indexOf(stamp: AuditSpeaker): number {
    const key = `${stamp.principal}\n${stamp.operation}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.#stamps.push(stamp);
    this.#known.set(key, index);
    return index;
  }

  values(): readonly (readonly string[])[] {
    const of = (field: 'principal' | 'kind' | 'chain' | 'operation') =>
      this.#stamps.map((stamp) => stamp[field]);
    return [of('principal'), of('kind'), of('chain'), of('operation')];
  }
}
