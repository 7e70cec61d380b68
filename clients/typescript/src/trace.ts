/** The trace that a handler works in: what it submits belongs to it. */
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string | undefined>();

export function withTrace<T>(traceparent: string | undefined, work: () => T): T {
  return current.run(traceparent, work);
}

/** W3C `traceparent`, inside of a handler whose task carries one. */
export function currentTrace(): string | undefined {
  return current.getStore();
}
