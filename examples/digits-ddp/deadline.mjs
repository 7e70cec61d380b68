/**
 * Waiting with an end to it: every wait of the rendezvous is bounded and says what it waited for.
 */

/** The gang did not come together in time, or this member could not take part. */
export class RendezvousFailed extends Error {
  name = 'RendezvousFailed';
}

/**
 * Does some work that must not take longer than this. Whatever still waits when it ends is ended too.
 * @template T
 * @param {{ ms: number, signal: AbortSignal }} limit the signal ends the work at once
 * @param {(limit: { ms: number, signal: AbortSignal, deadline: AbortSignal }) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function within({ ms, signal }, work) {
  // Not AbortSignal.any: on Node 20 it loses its timeout to garbage collection.
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await work({ ms, signal, deadline: controller.signal });
  } finally {
    abort();
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Awaits something until the deadline; then the error says what was missing. */
export async function before({ ms, signal, deadline }, promise, missing) {
  const late = withResolvers();
  const onAbort = () => late.reject(deadline.reason);
  if (deadline.aborted) onAbort();
  deadline.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, late.promise]);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    throw new RendezvousFailed(`no gang after ${ms / 1000} s: ${missing()}`, { cause: error });
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}

/** As `Promise.withResolvers`, which came with Node 22. */
export function withResolvers() {
  let resolve = (_value) => {};
  let reject = (_error) => {};
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // it may fail before anybody waits for it
  return { promise, resolve, reject };
}
