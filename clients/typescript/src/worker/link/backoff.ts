/** What follows a connection that ended. Pure. */
import { pauseOf } from '../../http/retry.ts';

export type Then =
  /** Connect again, with the session. */
  | 'resume'
  /** The same; something that was sent could not be read. */
  | 'carefully'
  /** Without the session: another connection has it. */
  | 'anew'
  | 'give-up';

export function afterClose(code: number): Then {
  switch (code) {
    case 1008:
      return 'give-up';
    case 1009:
    case 4400:
      return 'carefully';
    case 4409:
      return 'anew';
    default:
      return 'resume';
  }
}

/** @param status of HTTP, of a connection that was not opened */
export function afterRefusal(status: number): Then {
  return status >= 500 || [408, 425, 429].includes(status) ? 'resume' : 'give-up';
}

/** Milliseconds, 200 to 10,000. @param failures in a row, from 1 */
export function reconnectDelay(failures: number): number {
  return pauseOf(failures, { tries: Number.POSITIVE_INFINITY, first: 200, factor: 2, longest: 10_000 });
}
