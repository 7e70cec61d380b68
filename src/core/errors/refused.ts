/** The one error class that reaches a person. Everything else is a defect and answers `internal`. */
import { CATALOGUE, type ErrorCode } from './catalogue.ts';
import type { ErrorKind } from './error-kind.ts';

export interface Detail {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string | undefined;
}

export type Facts = Readonly<Record<string, string | number>>;

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: ErrorCode;
  readonly details: readonly Detail[];
  /** When it may be tried again, seconds from now. */
  readonly retryAfter: number | undefined;
  readonly #facts: Facts;

  constructor(
    code: ErrorCode,
    facts: Facts = {},
    more: { details?: readonly Detail[]; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(fill(CATALOGUE[code].message, facts), { cause: more.cause });
    this.code = code;
    this.details = more.details ?? [];
    this.retryAfter = more.retryAfter;
    this.#facts = facts;
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }

  /** What to do next. */
  get next(): string {
    const kind: ErrorKind = CATALOGUE[this.code];
    return fill(kind.next, this.#facts);
  }
}

function fill(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
