/**
 * Makes a schedule or replaces it. Whoever writes it owns it from then on: its jobs are submitted on their
 * behalf, so nobody can have another's rights used for what they wrote.
 */
import type { z } from 'zod';
import { LARGEST_TEMPLATE, PutSchedule, ScheduleView } from '../../contract/schedule.ts';
import { ownerOf } from '../../core/access/owner.ts';
import { Refused } from '../../core/errors/refused.ts';
import { type NextAfter, revise } from '../../core/schedule/revise.ts';
import { MOST_SCHEDULES, type Schedule, type ScheduleSpec } from '../../core/schedule/schedule.ts';
import type { Ports } from '../../ports/index.ts';
import { type Call, defineOperation } from '../define.ts';
import { digestOf } from '../digest.ts';
import { prepare } from '../job/submit.ts';
import { checkScheduleQueue } from './load.ts';
import { viewSchedule } from './view.ts';

type PutCall = Call<z.output<typeof PutSchedule>>;

export const putSchedule = defineOperation({
  name: 'schedule.put',
  summary: 'Submit a job at the times of a cron expression, or change when and which',
  input: PutSchedule,
  output: ScheduleView,
  permission: 'job:write',
  target: ({ project, spec }) => ({ project, queue: spec.job.queue }),
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/schedules/{project}/{name}' },
  async handler(call) {
    const { input, ports } = call;
    checkTiming(ports, input.spec);
    checkSize(input.spec);
    await checkJob(call);
    return viewSchedule(ports, input.dryRun ? (await decided(call)).schedule : await put(call));
  },
});

/** A change that lost a race is decided anew, unless it was meant for one version; this often. */
const TRIES = 5;

async function put(call: PutCall): Promise<Schedule> {
  const { schedules } = call.ports;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { before, schedule } = await decided(call);
    if (schedule === before) return schedule;
    const stored = before
      ? await schedules.apply({ schedule, from: before.version })
      : await schedules.insert(schedule, MOST_SCHEDULES);
    if (stored === 'applied' || stored === 'inserted') return schedule;
    if (stored === 'too-many')
      throw new Refused('schedule.too_many', { project: schedule.project, limit: MOST_SCHEDULES });
  }
  throw new Refused('schedule.conflict', { schedule: call.input.name });
}

/** What is there, and what it is to be: the same where nothing changes. */
async function decided(call: PutCall): Promise<{ before: Schedule | undefined; schedule: Schedule }> {
  const { input, principal, ports, now } = call;
  const before = await ports.schedules.get(input.project, input.name);
  if (input.resourceVersion !== undefined && input.resourceVersion !== String(before?.version ?? 0))
    throw new Refused('schedule.conflict', { schedule: input.name });
  if (!before) return { before, schedule: made(call) };
  await checkScheduleQueue(ports, { principal, asked: 'schedule.put' }, before);
  const { labels, spec } = input;
  const to = { labels, spec, owner: ownerOf(principal), now };
  const same = digestOf([before.labels, before.spec, before.owner]) === digestOf([labels, spec, to.owner]);
  return { before, schedule: same ? before : revise(before, to, nextBy(ports)) };
}

function made({ input, principal, ports, now }: PutCall): Schedule {
  const { project, name, labels, spec } = input;
  return {
    uid: ports.chance.uid(now),
    project,
    name,
    labels,
    spec,
    owner: ownerOf(principal),
    version: 1,
    createdAt: now,
    updatedAt: now,
    nextAt: spec.suspended ? undefined : ports.calendar.next(spec, now),
    runs: [],
    live: [],
  };
}

export function nextBy({ calendar }: Ports): NextAfter {
  return (spec, after) => calendar.next(spec, after);
}

function checkTiming({ calendar }: Ports, { cron, timeZone }: ScheduleSpec): void {
  const why = calendar.whyNot({ cron, timeZone });
  if (why === undefined) return;
  const details = [{ path: 'spec.cron', expected: `a cron expression: ${why}`, got: JSON.stringify(cron) }];
  throw new Refused('input.invalid', { count: 1 }, { details });
}

function checkSize({ job }: ScheduleSpec): void {
  const bytes = Buffer.byteLength(JSON.stringify(job));
  if (bytes <= LARGEST_TEMPLATE) return;
  throw new Refused('task.too_large', { what: 'job of the schedule', bytes, limit: LARGEST_TEMPLATE });
}

/** What would be refused at the first due time is refused now. */
async function checkJob(call: PutCall): Promise<void> {
  const { project, labels, spec } = call.input;
  await prepare({ ...call, input: { project, labels, spec: spec.job, dryRun: true } });
}
