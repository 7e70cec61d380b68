import { describe, expect, test } from 'vitest';
import { problemsOf } from './problems.ts';
import { PutSchedule } from './schedule.ts';

const job = { command: ['true'] };

function problems(spec: object, name = 'nightly'): string[] {
  const input = { project: 'p', name, spec: { cron: '@daily', job, ...spec } };
  const { error } = PutSchedule.safeParse(input);
  return error
    ? problemsOf(error, input, PutSchedule).map(({ path, expected }) => `${path}: ${expected}`)
    : [];
}

describe('a cron expression', () => {
  test.each([
    { written: '30 2 * * *', means: '30 2 * * *' },
    { written: '  30\t2 * *   mon-FRI ', means: '30 2 * * mon-FRI' },
    { written: '*/5,7 0-6/2 1,15 JAN,jul 7', means: '*/5,7 0-6/2 1,15 JAN,jul 7' },
    { written: '@hourly', means: '@hourly' },
  ])('$written is taken as $means', ({ written, means }) => {
    const { spec } = PutSchedule.parse({ project: 'p', name: 'n', spec: { cron: written, job } });
    expect(spec.cron).toBe(means);
  });

  test.each([
    { what: 'four fields', cron: '* * * *' },
    { what: 'six fields, with seconds', cron: '0 * * * * *' },
    { what: 'what only some crons know', cron: '0 0 L * *' },
    { what: 'an nth weekday', cron: '0 0 * * 1#2' },
    { what: 'a question mark', cron: '0 0 ? * 1' },
    { what: 'a start that is no time', cron: '@reboot' },
    { what: 'an empty list', cron: '1,,2 * * * *' },
    { what: 'nothing', cron: '' },
    { what: 'a text without end', cron: `${'*,'.repeat(500)}* * * * *` },
  ])('is not $what', ({ cron }) => {
    expect(problems({ cron })).toEqual([expect.stringMatching(/^spec.cron: five fields/)]);
  });
});

describe('a time zone', () => {
  test.each(['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'])(
    'is %s',
    (timeZone) => {
      expect(problems({ timeZone })).toEqual([]);
    },
  );

  test.each(['', 'Europe/Berlim', '+01:00', 'Local', '../../etc/passwd', 'CEST '])(
    'is not %j',
    (timeZone) => {
      expect(problems({ timeZone })).toEqual([
        expect.stringMatching(/^spec.timeZone: a time zone by its IANA name/),
      ]);
    },
  );
});

test.each([
  { what: 'a name that leaves room for its jobs', name: 'n'.repeat(52), spec: {}, want: [] },
  { what: 'a longer one', name: 'n'.repeat(53), spec: {}, want: ['name: at most 52 characters'] },
  {
    what: 'several at once, one at a time',
    spec: { missed: 'runAll', overlap: 'replace' },
    want: ['spec.overlap: allow: runAll submits several at once'],
  },
  {
    what: 'a short start deadline',
    spec: { startDeadline: '9s' },
    want: ['spec.startDeadline: at least 10s'],
  },
  {
    what: 'a job with a time of its own',
    spec: { job: { ...job, startAfter: '2026-01-01T00:00:00Z' } },
    want: ['spec.job.startAfter: nothing: the schedule says when'],
  },
])('$what', ({ name, spec, want }) => {
  expect(problems(spec, name)).toEqual(want);
});
