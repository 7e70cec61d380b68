/** Errors of the command line itself: nothing was sent. Those of the wire are in `remote/client-errors.ts`. */
import type { Problem } from '../contract/error.ts';

/** A wrong use of the program: a flag, an argument, the environment, a file that is not there. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to do instead. */
  readonly next: string | undefined;

  constructor(message: string, next?: string, cause?: unknown) {
    super(message, { cause });
    this.next = next;
  }
}

export interface LocatedProblem extends Problem {
  /** `job.yaml:3:5`, or the name of what was read when no line is known. */
  readonly where: string;
}

/** What was written is not valid; carries every problem at once. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly problems: readonly LocatedProblem[];
  readonly next: string;

  constructor(what: string, problems: readonly LocatedProblem[], next: string) {
    super(`${what} ${problems.length === 1 ? 'has a problem' : `has ${problems.length} problems`}`);
    this.problems = problems;
    this.next = next;
  }
}

/** A local verb could not do its work; the message is that of the cause. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly next: string | undefined;

  constructor(cause: unknown) {
    const { message, next } = (cause ?? {}) as { message?: unknown; next?: unknown };
    super(typeof message === 'string' ? message : String(cause), { cause });
    this.next = typeof next === 'string' ? next : undefined;
  }
}
