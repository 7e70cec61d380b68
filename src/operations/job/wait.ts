/** Waits until jobs have ended, and answers what they came to: one request for thousands of them. */
import type { z } from 'zod';
import { type EndedJob, WaitAnswer, WaitJobs } from '../../contract/job-batch.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Job } from '../../core/job/job.ts';
import { hasEnded } from '../../core/job/state.ts';
import type { Ports } from '../../ports/index.ts';
import { defineOperation } from '../define.ts';
import { errorOf } from './view.ts';

export const waitJobs = defineOperation({
  name: 'job.wait',
  summary: 'Wait until jobs have ended',
  input: WaitJobs,
  output: WaitAnswer,
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'POST', path: '/api/v1/jobs:wait' },
  async handler({ input, ports, signal }) {
    const { project, until, timeout } = input;
    const uids = await uidsOf(ports, project, input.jobs);
    const over = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const ended = new Map<string, Job>();
    for (;;) {
      // Listening before looking: what ends in between is heard.
      const heard = mayHaveEnded(
        ports,
        uids.filter((uid) => !ended.has(uid)),
        over,
      );
      for (const job of await look(
        ports,
        project,
        uids.filter((uid) => !ended.has(uid)),
      ))
        ended.set(job.uid, job);
      const done = until === 'any' ? ended.size > 0 : ended.size === uids.length;
      if (done || over.aborted) return answer(uids, ended, done);
      await heard;
    }
  },
});

/** A lost hint is not missed for longer, milliseconds. */
const LOOK_ANYWAY = 1000;
/** Many end at once: looked at together, milliseconds. */
const TOGETHER = 2;

function mayHaveEnded(ports: Ports, uids: readonly string[], over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const done = () => {
      clearTimeout(timer);
      over.removeEventListener('abort', done);
      stop.abort();
      setTimeout(resolve, TOGETHER);
    };
    const timer = setTimeout(done, LOOK_ANYWAY);
    over.addEventListener('abort', done);
    ports.endings.watch(uids, done, stop.signal);
  });
}

/** Names are looked up once; @throws Refused `job.not_found` */
async function uidsOf(ports: Ports, project: string, refs: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    refs.map(async (ref) => {
      if (UID.test(ref)) return ref;
      const job = await ports.jobs.get(project, ref);
      if (!job) throw new Refused('job.not_found', { job: ref, project });
      return job.uid;
    }),
  );
  return [...new Set(found)];
}

const UID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** @throws Refused `job.not_found` for a uid that is nobody's in the project */
async function look(ports: Ports, project: string, uids: readonly string[]): Promise<Job[]> {
  const tasks = await ports.tasks.jobs(uids);
  const known = new Map<string, Job>(
    tasks.filter((job) => job.project === project).map((job) => [job.uid, job]),
  );
  for (const uid of uids) {
    if (known.has(uid)) continue;
    const job = await ports.jobs.get(project, uid);
    if (!job) throw new Refused('job.not_found', { job: uid, project });
    known.set(uid, job);
  }
  return [...known.values()].filter((job) => hasEnded(job.state));
}

function answer(
  uids: readonly string[],
  ended: ReadonlyMap<string, Job>,
  done: boolean,
): z.output<typeof WaitAnswer> {
  const jobs = uids.flatMap((uid) => ended.get(uid) ?? []).map(viewEnded);
  return { done, jobs, waiting: uids.length - ended.size };
}

function viewEnded(job: Job): z.output<typeof EndedJob> {
  const { uid, name, state, outcome } = job;
  const error = state.name === 'failed' ? errorOf(job) : undefined;
  return {
    uid,
    name,
    state: state.name,
    reason: state.reason,
    message: state.message,
    ...(outcome?.result === undefined ? {} : { result: JSON.parse(outcome.result) }),
    ...(outcome?.resultBytes === undefined ? {} : { resultBytes: outcome.resultBytes }),
    ...(error ? { error } : {}),
  };
}
