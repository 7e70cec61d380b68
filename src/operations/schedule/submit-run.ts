/**
 * Submits the job of a schedule: checked like any other submission, as the one who answers for it, and stored
 * together with what it makes of the schedule.
 */
import type { Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import { blobFolder } from '../../core/job/blob-key.ts';
import { cancel } from '../../core/job/cancel.ts';
import type { Job } from '../../core/job/job.ts';
import type { RunJob, Schedule } from '../../core/schedule/schedule.ts';
import type { Ports } from '../../ports/index.ts';
import type { ScheduleChange } from '../../ports/schedule-store.ts';
import { decideOn } from '../job/load.ts';
import { prepare } from '../job/submit.ts';

export interface RunToSubmit {
  readonly schedule: Schedule;
  /** Who answers for it. */
  readonly principal: Principal;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Jobs of it that have not ended: cancelled where the schedule says so. */
  readonly live: readonly RunJob[];
  readonly lease?: ScheduleChange['lease'];
  readonly now: number;
  /** What becomes of the schedule with the job. */
  next(job: RunJob): Schedule;
}

/**
 * The job, and the schedule with it; undefined when the schedule has moved on, or the lease is over. Throws
 * Refused: what a submission is refused for, or `schedule.job_taken`.
 */
export async function submitRun(
  ports: Ports,
  run: RunToSubmit,
): Promise<{ readonly job: RunJob; readonly schedule: Schedule } | undefined> {
  const { schedule, principal, name, labels, lease, now } = run;
  const { project, spec } = schedule;
  const input = { project, name, labels, spec: spec.job, dryRun: false };
  const first = await prepare({ input, principal, ports, now });
  const job = { name, uid: first.job.uid };
  const next = run.next(job);
  try {
    if (spec.overlap === 'replace') await cancelAll(ports, run);
    const applied = await ports.schedules.apply({
      schedule: next,
      from: schedule.version,
      job: first,
      lease,
    });
    if (applied === 'applied') return { job, schedule: next };
    await forgetPayload(ports, first.job);
    if (applied === 'moved-on') return undefined;
  } catch (error) {
    // A commit whose answer was lost may have taken place: then its payload is still needed.
    if (error instanceof Refused && error.status < 500) await forgetPayload(ports, first.job);
    throw error;
  }
  throw new Refused('schedule.job_taken', { job: name });
}

/** Those that can not be cancelled have ended by themselves, or are gone. */
async function cancelAll(ports: Ports, { schedule, principal, live, now }: RunToSubmit): Promise<void> {
  const reason = `schedule ${schedule.name} replaces it`;
  for (const { uid } of live) {
    const address = { project: schedule.project, job: uid };
    await decideOn(ports, address, (job) => cancel(job, { by: principal.id, reason, now })).catch(
      (error: unknown) => {
        if (!(error instanceof Refused) || error.status >= 500) throw error;
      },
    );
  }
}

async function forgetPayload({ blobs }: Ports, { uid, spec }: Job): Promise<void> {
  if (spec.task?.payloadBytes !== undefined) await blobs.removeAll(blobFolder(uid));
}
