import { describe, expect, test } from 'vitest';
import { ownerOf } from '../access/owner.ts';
import { NOON } from '../job/testing/builders.ts';
import { dueJobName, jobLabels, LONGEST_NAME, triggeredJobName } from './job-of-run.ts';
import { failed, leftOut, overlapped, submitted, triggered } from './record-run.ts';
import { revise, withSuspension } from './revise.ts';
import { conditionOf, KEPT_RUNS, type Schedule } from './schedule.ts';
import { aSchedule } from './testing/builders.ts';

const MINUTE = 60_000;
const DUE = NOON + MINUTE;
const STEP = { dueAt: DUE, nextAt: DUE + MINUTE, now: DUE + 5 };
const JOB = { name: 'nightly-1', uid: 'u1' };
const REFUSED = { reason: 'Refused', message: 'project p may not use queue q' } as const;

describe('a due time that was dealt with', () => {
  test.each([
    {
      what: 'submitted',
      next: submitted(aSchedule(), { job: JOB, live: [] }, STEP),
      want: { outcome: 'submitted', reason: 'Due', job: JOB, message: 'job nightly-1 was submitted' },
      live: [JOB],
    },
    {
      what: 'refused',
      next: failed(aSchedule(), REFUSED, STEP),
      want: { outcome: 'failed', ...REFUSED },
      live: [],
    },
    {
      what: 'left out because of a job that is live',
      next: overlapped(aSchedule(), [JOB], STEP),
      want: {
        outcome: 'skipped',
        reason: 'Overlap',
        message: 'job nightly-1 has not ended, and overlap is forbidden',
      },
      live: [JOB],
    },
  ])('is noted, and the next one named: $what', ({ next, want, live }) => {
    expect(next).toMatchObject({ version: 2, nextAt: DUE + MINUTE, lastDueAt: DUE, live });
    expect(next.runs).toEqual([{ dueAt: DUE, at: DUE + 5, ...want }]);
  });

  test('is noted with the others that were left out', () => {
    const these = { from: DUE, until: DUE + 9 * MINUTE, count: 10, more: true, reason: 'Missed' } as const;
    const next = leftOut(aSchedule(), these, { nextAt: DUE + 10 * MINUTE, now: STEP.now });
    expect(next).toMatchObject({ nextAt: DUE + 10 * MINUTE, lastDueAt: DUE + 9 * MINUTE });
    expect(next.runs[0]).toMatchObject({ dueAt: DUE, until: DUE + 9 * MINUTE, count: 10, reason: 'Missed' });
    expect(next.runs[0]?.message).toMatch(/^more than 10 due times passed while no server looked/);
  });

  test('is forgotten when there are twenty younger ones', () => {
    const many = Array.from({ length: 25 }, (_, index) => index);
    const last = many.reduce<Schedule>(
      (schedule, index) => failed(schedule, REFUSED, { ...STEP, dueAt: DUE + index }),
      aSchedule(),
    );
    expect(last.runs.map(({ dueAt }) => dueAt - DUE)).toEqual(many.slice(-KEPT_RUNS));
  });

  test('by hand deals with none', () => {
    const next = triggered(aSchedule(), { job: JOB, live: [], by: 'key/ci' }, NOON + 7);
    expect(next).toMatchObject({ version: 2, nextAt: NOON + MINUTE, live: [JOB] });
    expect(next.lastDueAt).toBeUndefined();
    expect(next.runs[0]).toMatchObject({ dueAt: NOON + 7, reason: 'Triggered' });
  });
});

describe('how it stands', () => {
  const failing = failed(aSchedule(), REFUSED, STEP);
  test.each([
    {
      what: 'one that waits',
      schedule: aSchedule(),
      want: { state: 'active', message: 'next due at 2026-01-01T12:01:00.000Z' },
    },
    { what: 'one whose last job was refused', schedule: failing, want: { state: 'failing', ...REFUSED } },
    {
      what: 'one that was triggered since',
      schedule: triggered(failing, { job: JOB, live: [], by: 'key/ci' }, NOON),
      want: { state: 'failing' },
    },
    {
      what: 'one of which a due time was left out since',
      schedule: overlapped(failing, [JOB], STEP),
      want: { state: 'failing', ...REFUSED },
    },
    {
      what: 'one whose next job went well',
      schedule: submitted(failing, { job: JOB, live: [] }, STEP),
      want: { state: 'active', reason: 'Scheduled' },
    },
    {
      what: 'one that is suspended',
      schedule: aSchedule({ spec: { suspended: true } }),
      want: { state: 'suspended', reason: 'Suspended' },
    },
  ])('$what', ({ schedule, want }) => {
    expect(conditionOf(schedule)).toMatchObject(want);
  });
});

describe('written anew', () => {
  const next = (_: unknown, after: number) => after + 1000;
  const owner = { id: 'user/bob', kind: 'user', groups: ['ocr'] } as const;
  const now = NOON + 10;
  test.each<{ what: string; from?: Partial<Schedule>; spec: Partial<Schedule['spec']>; nextAt?: number }>([
    { what: 'with other times, they begin now', spec: { cron: '@daily' }, nextAt: now + 1000 },
    { what: 'in another zone, they begin now', spec: { timeZone: 'Asia/Tokyo' }, nextAt: now + 1000 },
    { what: 'with another job, they stay', spec: { missed: 'skip' }, nextAt: NOON + MINUTE },
    { what: 'suspended, there are none', spec: { suspended: true } },
    {
      what: 'after the clock was set right, none that was dealt with comes back',
      from: { lastDueAt: NOON + 500 },
      spec: { cron: '@daily' },
      nextAt: NOON + 1500,
    },
    {
      what: 'after the clock was a year ahead, they begin now',
      from: { lastDueAt: NOON + 365 * 1440 * MINUTE },
      spec: { cron: '@daily' },
      nextAt: now + 1000,
    },
  ])('$what', ({ from, spec, nextAt }) => {
    const before = aSchedule(from);
    const wanted = { labels: { a: 'b' }, spec: { ...before.spec, ...spec }, owner, now };
    const after = revise(before, wanted, next);
    expect(after).toMatchObject({ version: 2, updatedAt: now, owner, labels: { a: 'b' } });
    expect(after.nextAt).toBe(nextAt);
  });

  test('resumed, its times begin now, and it stays whose it was', () => {
    const before = withSuspension(aSchedule(), { suspended: true, now: NOON }, next);
    const after = withSuspension(before, { suspended: false, now }, next);
    expect(after).toMatchObject({ nextAt: now + 1000, owner: before.owner, spec: { suspended: false } });
  });
});

describe('its jobs', () => {
  const schedule = aSchedule({
    name: 'n'.repeat(LONGEST_NAME),
    labels: { team: 'ocr', 'capstan.dev/due': 'x' },
  });

  test.each([
    { what: 'due', name: dueJobName(schedule, Date.UTC(2100, 0, 1)) },
    { what: 'triggered', name: triggeredJobName(schedule, '0123456789abcdef') },
  ])('have names that are names: $what', ({ name }) => {
    expect(name.length).toBeLessThanOrEqual(63);
  });

  test('are called after the minute that they are due', () => {
    expect(dueJobName({ name: 'nightly' }, Date.UTC(2026, 2, 29, 1))).toBe('nightly-29579100');
    expect(triggeredJobName({ name: 'nightly' }, '0123456789abcdef')).toBe('nightly-t012345678');
  });

  test('have its labels, its name and their time', () => {
    expect(jobLabels({ ...schedule, name: 'nightly' }, Date.UTC(2026, 2, 29, 1))).toEqual({
      team: 'ocr',
      'capstan.dev/schedule': 'nightly',
      'capstan.dev/due': '20260329T010000Z',
    });
    expect(jobLabels({ ...schedule, name: 'nightly' })).toEqual({
      team: 'ocr',
      'capstan.dev/schedule': 'nightly',
    });
  });
});

test.each([
  {
    what: 'a key is known by its id',
    principal: { id: 'key/ci', kind: 'key', grants: [], credential: 'k9' } as const,
    want: { id: 'key/ci', kind: 'key', key: 'k9' },
  },
  {
    what: 'a person by name and groups: the session ends, they do not',
    principal: { id: 'user/ada', kind: 'user', grants: [], credential: 's1', groups: ['ocr'] } as const,
    want: { id: 'user/ada', kind: 'user', groups: ['ocr'] },
  },
])('$what', ({ principal, want }) => {
  expect(ownerOf(principal)).toEqual(want);
});
