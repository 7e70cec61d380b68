/** Ctrl-C while something is followed ends the following, not the job; a second one ends the program at once. */
import type { Io } from './io.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  readonly interrupted: boolean;
}

/** Runs the body with a signal that the first Ctrl-C aborts. */
export async function untilInterrupt<T>(
  io: Io,
  body: (interruption: Interruption) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const forget = io.onInterrupt(() => {
    forget();
    abort.abort();
  });
  const interruption = {
    signal: abort.signal,
    get interrupted() {
      return abort.signal.aborted;
    },
  };
  try {
    return await body(interruption);
  } finally {
    forget();
  }
}
