/** What may be changed after submission: priority, queue, labels. The queue only while nothing of the job runs. */
import type { Job } from './job.ts';
import { hasEnded, holdsProcesses } from './state.ts';
import { type Decision, NOTHING, refused, transition } from './transition.ts';

export interface Update {
  readonly priority?: number | undefined;
  readonly queue?: string | undefined;
  /** Merged into the labels; `null` removes one. */
  readonly labels?: Readonly<Record<string, string | null>> | undefined;
  readonly by: string;
  readonly now: number;
}

export function update(job: Job, to: Update): Decision {
  if (hasEnded(job.state)) return refused(job.state, 'it has ended');
  if (to.queue !== undefined && to.queue !== job.spec.queue && holdsProcesses(job.state)) {
    return refused(job.state, 'its queue can change only while nothing of it runs; suspend it first');
  }
  const spec = { ...job.spec, priority: to.priority ?? job.spec.priority, queue: to.queue ?? job.spec.queue };
  const labels = merged(job.labels, to.labels ?? {});
  const said = differences(job, { spec, labels });
  if (said.length === 0) return NOTHING;
  const message = `${to.by} changed ${said.join(', ')}`;
  return transition(job, {
    now: to.now,
    state: job.state,
    fields: { spec, labels },
    events: [{ type: 'normal', reason: 'Updated', message, at: to.now }],
  });
}

function merged(labels: Job['labels'], patch: Record<string, string | null>): Record<string, string> {
  const kept = Object.entries({ ...labels, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as Record<string, string>;
}

function differences(job: Job, next: Pick<Job, 'spec' | 'labels'>): string[] {
  const said: string[] = [];
  if (next.spec.priority !== job.spec.priority)
    said.push(`priority ${job.spec.priority} → ${next.spec.priority}`);
  if (next.spec.queue !== job.spec.queue) said.push(`queue ${job.spec.queue} → ${next.spec.queue}`);
  const keys = new Set([...Object.keys(job.labels), ...Object.keys(next.labels)]);
  if ([...keys].some((key) => job.labels[key] !== next.labels[key])) said.push('labels');
  return said;
}
