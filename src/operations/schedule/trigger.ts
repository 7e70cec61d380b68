/** Submits the job of a schedule now, on behalf of who asks. No due time is dealt with by it. */
import type { z } from 'zod';
import { Triggered, TriggerSchedule } from '../../contract/schedule.ts';
import { Refused } from '../../core/errors/refused.ts';
import { jobLabels, triggeredJobName } from '../../core/schedule/job-of-run.ts';
import { triggered } from '../../core/schedule/record-run.ts';
import type { RunJob, Schedule } from '../../core/schedule/schedule.ts';
import { type Call, defineOperation } from '../define.ts';
import { digestOf } from '../digest.ts';
import { loadSchedule } from './load.ts';
import { submitRun } from './submit-run.ts';

type TriggerCall = Call<z.output<typeof TriggerSchedule>>;

export const triggerSchedule = defineOperation({
  name: 'schedule.trigger',
  summary: 'Submit the job of a schedule now',
  input: TriggerSchedule,
  output: Triggered,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/schedules/{project}/{name}/trigger' },
  async handler(call) {
    const { job, repeated } = await trigger(call);
    const { project, name } = call.input;
    return { project, schedule: name, job: job.name, uid: job.uid, repeated };
  },
});

/** While others get in between it is decided anew; this often, then it is the caller's. */
const TRIES = 5;

async function trigger(call: TriggerCall): Promise<{ job: RunJob; repeated: boolean }> {
  const { input, principal, ports, now } = call;
  const key = input.idempotencyKey ?? ports.chance.uid(now);
  const digest = digestOf([principal.id, key]);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const schedule = await loadSchedule(ports, input);
    const name = triggeredJobName(schedule, digest);
    const known = schedule.runs.find(({ job }) => job?.name === name)?.job;
    if (known) return { job: known, repeated: true };
    const done = await submitted(call, schedule, name);
    if (done) return { job: done.job, repeated: false };
  }
  throw new Refused('schedule.conflict', { schedule: input.name });
}

async function submitted({ principal, ports, now }: TriggerCall, schedule: Schedule, name: string) {
  const live = await ports.schedules.live(schedule.live);
  const last = live.at(-1);
  if (schedule.spec.overlap === 'forbid' && last)
    throw new Refused('schedule.overlap', { schedule: schedule.name, job: last.name });
  const next = (job: RunJob) => triggered(schedule, { job, live, by: principal.id }, now);
  return submitRun(ports, { schedule, principal, name, labels: jobLabels(schedule), live, now, next });
}
