/** Waits for many jobs by few requests. */
import type { Outcome, WaitAnswer } from './api.ts';
import { WaitTimeout } from './errors.ts';
import type { Transport } from './http/transport.ts';

export interface WaitPlan {
  readonly project: string;
  /** Uids or names. */
  readonly jobs: readonly string[];
  readonly until: 'all' | 'any';
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Jobs in one request. */
const MOST = 10_000;
/** How long the server is asked to hold a request, milliseconds; it allows thirty seconds. */
const LONGEST_POLL = 20_000;

/** Those that have ended, in the order asked. @throws WaitTimeout, CapstanError, or the reason of `signal` */
export async function waitFor(transport: Transport, plan: WaitPlan): Promise<Outcome[]> {
  const { jobs, until, timeout, signal } = plan;
  if (until === 'any' && jobs.length > MOST)
    throw new TypeError(`to wait for any of them, at most ${MOST} jobs`);
  const endsAt = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  const ended = new Map<string, Outcome>();
  let waiting = [...new Set(jobs)];
  while (waiting.length > 0 && !(until === 'any' && ended.size > 0)) {
    const left = Math.max(1, Math.min(LONGEST_POLL, endsAt - performance.now()));
    for (const outcome of await poll(transport, { ...plan, jobs: waiting.slice(0, MOST) }, left)) {
      ended.set(outcome.uid, outcome).set(outcome.name, outcome);
    }
    waiting = waiting.filter((job) => !ended.has(job));
    if (waiting.length > 0 && !(until === 'any' && ended.size > 0) && performance.now() >= endsAt) {
      throw new WaitTimeout(
        `${waiting.length} of ${jobs.length} have not ended in ${timeout} ms`,
        inOrder(jobs, ended),
      );
    }
    signal?.throwIfAborted();
  }
  return inOrder(jobs, ended);
}

async function poll(
  transport: Transport,
  { project, jobs, until, signal }: WaitPlan,
  ms: number,
): Promise<Outcome[]> {
  const body = JSON.stringify({ project, jobs, until, timeout: `${Math.round(ms)}ms` });
  const request = { method: 'POST', path: '/api/v1/jobs:wait', body, patience: ms } as const;
  return (await transport.json<WaitAnswer>(request, signal)).jobs;
}

function inOrder(jobs: readonly string[], ended: ReadonlyMap<string, Outcome>): Outcome[] {
  return jobs.flatMap((job) => ended.get(job) ?? []);
}
