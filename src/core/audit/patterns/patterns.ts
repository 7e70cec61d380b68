/**
 * Looks at the audit for what is out of the ordinary (S10). Pure: the same records in the same order give the
 * same findings, in the server as of an export. A finding is a question to a person, no proof.
 */
import type { AuditRecord } from '../record.ts';
import { accessesOf } from './access.ts';
import { crowd } from './crowd.ts';
import { deniedBurst } from './denied-burst.ts';
import { deniedProbing } from './denied-probing.ts';
import { guessedCredential } from './guessed-credential.ts';
import { newPlace } from './new-place.ts';
import type { AccessFinding, Rule } from './rule.ts';
import { unusualReads } from './unusual-reads.ts';

export const RULES: readonly Rule[] = [
  crowd,
  deniedBurst,
  deniedProbing,
  guessedCredential,
  newPlace,
  unusualReads,
];

export class Patterns {
  readonly #watchers = RULES.map((rule) => rule.watch());

  /** In the order of time. */
  take(record: AuditRecord): AccessFinding[] {
    return accessesOf(record).flatMap((access) =>
      this.#watchers.flatMap((watcher) => watcher.take(access) ?? []),
    );
  }
}

/** Of all chains together, whatever order they come in. */
export function findPatterns(records: readonly AuditRecord[]): AccessFinding[] {
  const patterns = new Patterns();
  const inOrder = records.toSorted((a, b) => a.at - b.at || a.id - b.id);
  return inOrder.flatMap((record) => patterns.take(record));
}
