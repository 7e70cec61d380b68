/**
 * Why a task that is ready still waits. It follows from the workers that there are at this moment, so it is
 * found when somebody asks: writing it beside each of a million tasks would cost more than running them.
 */
import { nearest } from '../../contract/problems.ts';
import type { Job } from '../../core/job/job.ts';
import type { PendingReason } from '../../core/job/state.ts';
import type { Ports } from '../../ports/index.ts';
import type { KnownWorker } from '../../ports/worker-store.ts';

/** The same jobs; those that are ready tasks say what they wait for. */
export async function explained(ports: Ports, jobs: readonly Job[]): Promise<readonly Job[]> {
  if (!jobs.some(isReady)) return jobs;
  const workers = await ports.workers.list();
  return Promise.all(jobs.map((job) => (isReady(job) ? withReason(ports, job, workers) : job)));
}

/** Reasons that the store gives to what is blocked: nothing more is to be said of those. */
const BLOCKED: ReadonlySet<string> = new Set(['StartAfter', 'WaitsForTasks', 'KeyLimit']);

function isReady({ spec, state }: Job): boolean {
  return spec.task !== undefined && state.name === 'pending' && !BLOCKED.has(state.reason);
}

async function withReason(ports: Ports, job: Job, workers: readonly KnownWorker[]): Promise<Job> {
  const { queue, task } = job.spec;
  const kept = await ports.queues.get(queue);
  if (!kept) return because(job, 'QueueMissing', `there is no queue ${queue}`);
  if (kept.state === 'paused') return because(job, 'QueuePaused', `queue ${queue} is paused`);
  const here = workers.filter(({ queues }) => queues.includes(queue));
  const serving = here.filter(({ handlers }) => handlers.includes(task?.handler ?? ''));
  if (serving.length === 0) return because(job, 'NoWorker', noWorker(queue, task?.handler ?? '', here));
  const running = sum(here.map(({ held }) => held));
  const slots = kept.quota.tasks;
  if (slots !== undefined && running >= slots) {
    return because(job, 'QuotaExceeded', `queue ${queue} runs ${running} of at most ${slots} tasks`);
  }
  const places = sum(serving.map(({ concurrency }) => concurrency));
  const busy = sum(serving.map(({ held }) => held));
  const workersText = serving.length === 1 ? '1 worker serves' : `${serving.length} workers serve`;
  return because(
    job,
    'WorkersBusy',
    `${workersText} ${task?.handler} in ${queue}: ${busy} of ${places} places are taken`,
  );
}

function noWorker(queue: string, handler: string, here: readonly KnownWorker[]): string {
  const known = [...new Set(here.flatMap(({ handlers }) => handlers))].sort();
  const says = `no worker serves handler ${handler} in queue ${queue}`;
  if (known.length === 0) return `${says}; none is connected there`;
  return `${says}; ${nearest(handler, known) ?? `served are ${known.slice(0, 10).join(', ')}`}`;
}

function because(job: Job, reason: PendingReason, message: string): Job {
  return { ...job, state: { name: 'pending', reason, message, since: job.state.since } };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
