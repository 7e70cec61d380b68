/** How often a request is sent, and how long between. Pure. */

export interface Retry {
  /** In all. */
  readonly tries: number;
  /** Before the second try, milliseconds. */
  readonly first: number;
  readonly factor: number;
  /** Milliseconds. */
  readonly longest: number;
}

/** About twenty seconds together: a server that restarts. */
export const RETRY: Retry = { tries: 8, first: 200, factor: 2, longest: 10_000 };

const LONGEST_RETRY_AFTER = 60_000;

/**
 * From half to the whole of a growing delay: callers that failed together do not return together.
 * @param failures in a row, from 1
 * @returns milliseconds
 */
export function pauseOf(failures: number, retry: Retry, random = Math.random()): number {
  const whole = Math.min(retry.longest, retry.first * retry.factor ** Math.min(failures - 1, 64));
  return whole * (0.5 + random / 2);
}

/** Milliseconds that the server asks for, at most a minute; the form with a date is not understood (ours sends none). */
export function retryAfter(header: string | string[] | undefined): number | undefined {
  const seconds =
    typeof header === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : undefined;
  return seconds === undefined ? undefined : Math.min(seconds * 1000, LONGEST_RETRY_AFTER);
}

/** No answer, too many requests, or a server that does not serve now: the same request may be sent again. */
export function isPassing(status: number): boolean {
  return status === 0 || status === 429 || status === 503;
}
