/** What a rule is, and what it finds. */
import type { Access } from './access.ts';

export interface AccessFinding {
  readonly rule: string;
  /** When it was noticed, epoch milliseconds. */
  readonly at: number;
  readonly principal: string;
  readonly address?: string | undefined;
  /** How many operations it is about. */
  readonly count: number;
  /** Id of the record at which it was noticed. */
  readonly record: number;
  readonly message: string;
}

/** Remembers what it needs of what went before, and no more than that. */
export interface Watcher {
  /** In the order of time. */
  take(access: Access): AccessFinding | undefined;
}

export interface Rule {
  readonly id: string;
  /** What it notices, for people. */
  readonly summary: string;
  watch(): Watcher;
}

/** @param message what was seen, as a sentence */
export function findingOf(
  rule: string,
  access: Access,
  what: { count: number; message: string },
): AccessFinding {
  const { at, principal, address, record } = access;
  return { rule, at, principal, address, record, ...what };
}

/** Who is behind an access: strangers are told apart by where they come from. */
export function actorOf({ principal, isStranger, address }: Access): string {
  return isStranger ? `strangers from ${address ?? 'somewhere'}` : principal;
}
