/** Schedules for tests: due every minute, of a job that does nothing. */
import { aJob, NOON } from '../../job/testing/builders.ts';
import type { Schedule, ScheduleSpec } from '../schedule.ts';

export function aSchedule({
  spec = {},
  ...fields
}: Partial<Omit<Schedule, 'spec'>> & { readonly spec?: Partial<ScheduleSpec> } = {}): Schedule {
  return {
    uid: '01900000-0000-7000-8000-00000000000a',
    project: 'default',
    name: 'nightly',
    labels: {},
    spec: {
      cron: '* * * * *',
      timeZone: 'UTC',
      missed: 'runOnce',
      overlap: 'allow',
      suspended: false,
      job: aJob().build().spec,
      ...spec,
    },
    owner: { id: 'key/ada', kind: 'key', key: 'k1' },
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    nextAt: NOON + 60_000,
    runs: [],
    live: [],
    ...fields,
  };
}
