/** Waits until something may have happened. A hint can be lost, so the wait has an end of its own. */
import type { Ports } from '../../ports/index.ts';

/** How long a lost hint can go unnoticed, milliseconds. */
const LOOK_ANYWAY = 1000;

/** @param job uid, or undefined for any job */
export function changes(ports: Ports, job: string | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = new AbortController();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      over.abort();
      resolve();
    };
    const timer = setTimeout(done, LOOK_ANYWAY);
    signal.addEventListener('abort', done);
    ports.signals.subscribe(
      'event',
      ({ key }) => (job === undefined || key === job || key === '') && done(),
      over.signal,
    );
  });
}
