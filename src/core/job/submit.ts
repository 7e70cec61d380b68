/** A new job: pending, or suspended where its owner asked for that. */
import type { Job } from './job.ts';
import type { JobSpec } from './spec.ts';
import type { JobEvent, Transition } from './transition.ts';

export interface Submission {
  readonly uid: string;
  readonly project: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JobSpec;
  readonly submittedBy: string;
  /** What the submitter should know, though it is no reason to refuse. */
  readonly warnings: readonly string[];
  readonly now: number;
}

export function submit(from: Submission): Transition {
  const { now, warnings, ...identity } = from;
  const message = `queued in ${from.spec.queue} with priority ${from.spec.priority}`;
  const job: Job = {
    ...identity,
    state: { name: 'pending', reason: 'Submitted', message, since: now },
    version: 1,
    createdAt: now,
    updatedAt: now,
    fence: 0,
    charges: { failed: 0, lost: 0, preempted: 0 },
    attempts: [],
  };
  const submitted: JobEvent = {
    type: 'normal',
    reason: 'Submitted',
    message: `submitted by ${from.submittedBy}, ${message}`,
    at: now,
  };
  const said = warnings.map((text): JobEvent => ({ type: 'normal', reason: 'Note', message: text, at: now }));
  return { job, from: 0, events: [submitted, ...said] };
}
