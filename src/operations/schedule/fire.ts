/**
 * A due time: its job is submitted as whoever wrote the schedule, if they may still do so. Called by the
 * controller, under the scheduling lease; no surface reaches it.
 */
import type { Principal } from '../../core/access/principal.ts';
import type { AuditEntry } from '../../core/audit/record.ts';
import { Refused } from '../../core/errors/refused.ts';
import { dueJobName, jobLabels } from '../../core/schedule/job-of-run.ts';
import { type Step, submitted } from '../../core/schedule/record-run.ts';
import type { RunJob, Schedule } from '../../core/schedule/schedule.ts';
import type { Ports } from '../../ports/index.ts';
import type { SchedulerLease } from '../../ports/scheduler-store.ts';
import { submitRun } from './submit-run.ts';

export interface Firing {
  readonly schedule: Schedule;
  readonly step: Step;
  /** Jobs of it that have not ended. */
  readonly live: readonly RunJob[];
  readonly principal: Principal;
  readonly lease: SchedulerLease;
}

/** The schedule as it is then; undefined when it has moved on. Throws Refused. */
export async function fire(ports: Ports, firing: Firing): Promise<Schedule | undefined> {
  const { schedule, step, live, principal, lease } = firing;
  const entry = entryOf(firing);
  const name = dueJobName(schedule, step.dueAt);
  const labels = jobLabels(schedule, step.dueAt);
  const next = (job: RunJob) => submitted(schedule, { job, live }, step);
  const run = { schedule, principal, name, labels, live, lease, now: step.now, next };
  try {
    return (await ports.audit.within(entry, () => submitRun(ports, run)))?.schedule;
  } catch (error) {
    if (error instanceof Refused && error.code === 'auth.forbidden')
      ports.audit.refused({ ...entry, effect: 'refusal', outcome: error.code });
    throw error;
  }
}

function entryOf({ schedule, principal, step }: Firing): AuditEntry {
  const { project, name } = schedule;
  return {
    at: step.now,
    principal: principal.id,
    kind: principal.kind,
    operation: 'schedule.fire',
    effect: 'change',
    project,
    target: name,
  };
}
