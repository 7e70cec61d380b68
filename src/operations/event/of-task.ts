/**
 * The events of one task that are kept by the block with those of others (docs/architecture.md, "Tasks"): its
 * submission, its starts and its success follow from the task itself. What happened to it alone is kept by itself.
 */
import type { Job } from '../../core/job/job.ts';
import type { StoredEvent } from '../../ports/event-store.ts';

/** Newest first, those of the store taken in. @param cursor from which a follower would see all of them */
export function eventsOfTask(job: Job, stored: readonly StoredEvent[], cursor: string): StoredEvent[] {
  const { uid, name, project } = job;
  const about = { cursor, project, job: name, uid, type: 'normal' as const };
  const derived: StoredEvent[] = [
    {
      ...about,
      state: 'pending',
      reason: 'Submitted',
      message: `submitted by ${job.submittedBy}, queued in ${job.spec.queue} with priority ${job.spec.priority}`,
      at: job.createdAt,
    },
  ];
  for (const { number, startedAt } of job.attempts) {
    const message = `attempt ${number} was handed to a worker`;
    if (startedAt !== undefined)
      derived.push({ ...about, state: 'running', reason: 'Started', message, at: startedAt });
  }
  if (job.state.name === 'succeeded') {
    derived.push({ ...about, state: 'succeeded', ...job.state, at: job.state.since });
  }
  const known = new Set(stored.map(({ reason, at }) => `${reason} ${at}`));
  const all = [...derived.filter(({ reason, at }) => !known.has(`${reason} ${at}`)), ...stored];
  return all.sort((a, b) => b.at - a.at || order(b) - order(a));
}

/** Of what happened in the same millisecond. */
function order({ state }: StoredEvent): number {
  return ['pending', 'running', 'succeeded'].indexOf(state);
}
