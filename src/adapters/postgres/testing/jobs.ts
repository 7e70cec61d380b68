/** Jobs for the store's tests: as small as a job can be, each with a name of its own. */
import { v7 } from 'uuid';
import type { AttemptObservation } from '../../../core/job/attempt.ts';
import type { Job } from '../../../core/job/job.ts';
import { observe } from '../../../core/job/observe.ts';
import type { JobSpec, Resources } from '../../../core/job/spec.ts';
import { submit } from '../../../core/job/submit.ts';
import { aJob } from '../../../core/job/testing/builders.ts';
import type { Decision, Transition } from '../../../core/job/transition.ts';

/** 2026-01-05T12:00:00Z, a Monday. */
export const NOON = Date.UTC(2026, 0, 5, 12);

export interface Wanted {
  readonly uid?: string;
  readonly project?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly resources?: Resources;
  readonly members?: number;
  readonly spec?: Partial<JobSpec>;
  readonly now?: number;
}

/** One attempt only, unless `spec` says otherwise. */
export function aSpec({ resources = { cpu: 1000 }, members = 1, spec = {} }: Wanted = {}): JobSpec {
  const plain = aJob().retries(0).build().spec;
  const roles = plain.roles.map((role) => ({ ...role, resources, members: { min: members, max: members } }));
  return { ...plain, queue: 'research', roles, ...spec };
}

export function aSubmission(wanted: Wanted = {}): Transition {
  const now = wanted.now ?? NOON;
  const uid = wanted.uid ?? v7();
  return submit({
    uid,
    project: wanted.project ?? 'vision',
    name: wanted.name ?? `job-${uid}`,
    labels: wanted.labels ?? {},
    spec: aSpec(wanted),
    submittedBy: 'ada',
    warnings: [],
    now,
  });
}

/** The transition of a decision that must be one. */
export function decided(decision: Decision): Transition {
  if (decision.kind !== 'transition') throw new Error(`not a transition: ${JSON.stringify(decision)}`);
  return decision.transition;
}

/** The agent reports that the current attempt has ended. */
export function ended(job: Job, how: { readonly exitCode: number; readonly now: number }): Transition {
  const { agent } = job.state as Job['state'] & { agent: string };
  const seen: AttemptObservation = {
    ref: { job: job.uid, attempt: job.fence },
    phase: 'ended',
    startedAt: how.now - 10,
    endedAt: how.now,
    members: [],
    outputs: [],
    notes: [],
    outcome:
      how.exitCode === 0
        ? { kind: 'succeeded' }
        : { kind: 'failed', reason: 'ExitCode', message: 'exit 1', exitCode: how.exitCode },
  };
  return decided(observe(job, seen, { agent, now: how.now, random: 0 }));
}
