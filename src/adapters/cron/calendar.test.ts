/** What docs/schedules.md promises of the times of an expression, above all when the clocks change. */
import { describe, expect, test } from 'vitest';
import { createCalendar } from './calendar.ts';

const calendar = createCalendar();
const MINUTE = 60_000;

/** The due times after a moment, in UTC, as `03-29 01:00`. */
function runs(timing: { cron: string; timeZone: string }, after: string, count: number): string[] {
  const times: number[] = [];
  let at = Date.parse(after);
  for (let left = count; left > 0; left -= 1) {
    at = calendar.next(timing, at) ?? Number.NaN;
    times.push(at);
  }
  return times.map((time) => new Date(time).toISOString().slice(5, 16).replace('T', ' '));
}

interface Change {
  readonly what: string;
  readonly cron: string;
  readonly after: string;
  /** UTC */
  readonly want: readonly string[];
}

describe('Europe/Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC', () => {
  test.each<Change>([
    {
      what: 'a time that there is not comes once, at the end of the gap',
      cron: '30 2 * * *',
      after: '2026-03-28T00:00Z',
      want: ['03-28 01:30', '03-29 01:00', '03-30 00:30'],
    },
    {
      what: 'two of them come once together',
      cron: '0,30 2 * * *',
      after: '2026-03-28T12:00Z',
      want: ['03-29 01:00', '03-30 00:00', '03-30 00:30'],
    },
    {
      what: 'one at the end of the gap is not doubled by one within',
      cron: '0 2,3 * * *',
      after: '2026-03-28T12:00Z',
      want: ['03-29 01:00', '03-30 00:00', '03-30 01:00'],
    },
    {
      what: 'every hour comes each hour that passes',
      cron: '0 * * * *',
      after: '2026-03-28T23:30Z',
      want: ['03-29 00:00', '03-29 01:00', '03-29 02:00'],
    },
    {
      what: 'every twenty minutes of an hour that there is not do not come',
      cron: '*/20 2 * * *',
      after: '2026-03-28T12:00Z',
      want: ['03-30 00:00', '03-30 00:20', '03-30 00:40'],
    },
  ])('$what', ({ cron, after, want }) => {
    expect(runs({ cron, timeZone: 'Europe/Berlin' }, after, want.length)).toEqual(want);
  });
});

describe('Europe/Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC', () => {
  test.each<Change>([
    {
      what: 'a time that comes twice is due the first time alone',
      cron: '30 2 * * *',
      after: '2026-10-24T00:00Z',
      want: ['10-24 00:30', '10-25 00:30', '10-26 01:30'],
    },
    {
      what: 'so is each of several',
      cron: '0 1-4 * * *',
      after: '2026-10-24T20:00Z',
      want: ['10-24 23:00', '10-25 00:00', '10-25 02:00', '10-25 03:00', '10-26 00:00'],
    },
    {
      what: 'every hour comes each hour that passes, 02:00 twice',
      cron: '0 * * * *',
      after: '2026-10-24T23:30Z',
      want: ['10-25 00:00', '10-25 01:00', '10-25 02:00'],
    },
    {
      what: 'so does every half hour',
      cron: '*/30 * * * *',
      after: '2026-10-24T23:40Z',
      want: ['10-25 00:00', '10-25 00:30', '10-25 01:00', '10-25 01:30', '10-25 02:00'],
    },
    {
      what: 'and every twenty minutes of the hour that comes twice',
      cron: '*/20 2 * * *',
      after: '2026-10-24T20:00Z',
      want: ['10-25 00:00', '10-25 00:20', '10-25 00:40', '10-25 01:00', '10-25 01:20', '10-25 01:40'],
    },
  ])('$what', ({ cron, after, want }) => {
    expect(runs({ cron, timeZone: 'Europe/Berlin' }, after, want.length)).toEqual(want);
  });
});

describe('other places', () => {
  test.each<Change & { timeZone: string }>([
    {
      what: 'New York, 8 March 2026: 02:30 comes at 03:00 EDT',
      timeZone: 'America/New_York',
      cron: '30 2 * * *',
      after: '2026-03-07T12:00Z',
      want: ['03-08 07:00', '03-09 06:30'],
    },
    {
      what: 'New York, 1 November 2026: 01:30 comes once, in EDT',
      timeZone: 'America/New_York',
      cron: '30 1 * * *',
      after: '2026-10-31T12:00Z',
      want: ['11-01 05:30', '11-02 06:30'],
    },
    {
      what: 'Lord Howe, 4 October 2026, half an hour forward: 02:15 comes at 02:30',
      timeZone: 'Australia/Lord_Howe',
      cron: '15 2 * * *',
      after: '2026-10-03T00:00Z',
      want: ['10-03 15:30', '10-04 15:15'],
    },
    {
      what: 'Lord Howe, 5 April 2026, half an hour back: 01:45 comes once',
      timeZone: 'Australia/Lord_Howe',
      cron: '45 1 * * *',
      after: '2026-04-04T00:00Z',
      want: ['04-04 14:45', '04-05 15:15'],
    },
    {
      what: 'Lord Howe, the same night: every quarter of an hour comes each that passes',
      timeZone: 'Australia/Lord_Howe',
      cron: '*/15 * * * *',
      after: '2026-04-04T14:20Z',
      want: ['04-04 14:30', '04-04 14:45', '04-04 15:00', '04-04 15:15', '04-04 15:30'],
    },
    {
      what: 'Beirut, 29 March 2026: a midnight that there is not comes at 01:00',
      timeZone: 'Asia/Beirut',
      cron: '@daily',
      after: '2026-03-28T12:00Z',
      want: ['03-28 22:00', '03-29 21:00'],
    },
    {
      what: 'Kolkata, half an hour off',
      timeZone: 'Asia/Kolkata',
      cron: '0 9 * * *',
      after: '2026-01-01T00:00Z',
      want: ['01-01 03:30', '01-02 03:30'],
    },
    {
      what: 'UTC, a day of the month or of the week: either',
      timeZone: 'UTC',
      cron: '0 0 13 * 5',
      after: '2026-03-07T12:00Z',
      want: ['03-13 00:00', '03-20 00:00', '03-27 00:00', '04-03 00:00', '04-10 00:00', '04-13 00:00'],
    },
    {
      what: 'UTC, the 29th of February',
      timeZone: 'UTC',
      cron: '0 0 29 2 *',
      after: '2026-03-07T12:00Z',
      want: ['02-29 00:00', '02-29 00:00'],
    },
  ])('$what', ({ timeZone, cron, after, want }) => {
    expect(runs({ cron, timeZone }, after, want.length)).toEqual(want);
  });
});

test.each([
  { cron: '60 * * * *', want: 'Invalid value for minute: 60' },
  { cron: '0 0 * 13 *', want: 'Invalid value for month' },
  { cron: '0 5-1 * * *', want: "From value is larger than to value: '5-1'" },
  { cron: '*/0 * * * *', want: 'illegal stepping: 0' },
  { cron: '* * * * * *', want: "mode '5-part' requires exactly 5 parts" },
  { cron: '0 0 30 2 *', want: 'a time that comes: this one never does' },
])('$cron is none: $want', ({ cron, want }) => {
  expect(calendar.whyNot({ cron, timeZone: 'UTC' })).toContain(want);
});

test.each(['* * * * *', '*/5 9-17 * * MON-FRI', '0 0 1,15 jan-mar *', '0 12 * * 7', '@hourly', '@yearly'])(
  '%s is one',
  (cron) => {
    expect(calendar.whyNot({ cron, timeZone: 'UTC' })).toBeUndefined();
  },
);

describe('the latest due times', () => {
  const noon = Date.UTC(2026, 0, 1, 12);
  const every = { cron: '* * * * *', timeZone: 'UTC' };

  test('are those after one moment and up to another', () => {
    const within = { after: noon, until: noon + 3 * MINUTE, most: 5 };
    expect(calendar.latest(every, within)).toEqual({
      times: [noon + MINUTE, noon + 2 * MINUTE, noon + 3 * MINUTE],
      more: false,
    });
  });

  test('of fifty years of minutes are found without going through them, which would take an hour', () => {
    const { times, more } = calendar.latest(every, { after: 0, until: noon, most: 101 });
    expect([times.length, times.at(0), times.at(-1), more]).toEqual([101, noon - 100 * MINUTE, noon, true]);
  });

  test.each([
    { what: 'exactly as many as asked for', after: noon - 5 * MINUTE, times: 5, more: false },
    { what: 'one more than asked for', after: noon - 6 * MINUTE, times: 5, more: true },
    { what: 'none', after: noon, times: 0, more: false },
  ])('say whether there are more: $what', ({ after, times, more }) => {
    const found = calendar.latest(every, { after, until: noon, most: 5 });
    expect([found.times.length, found.more]).toEqual([times, more]);
  });

  test('of a rare expression are found however far back they lie', () => {
    const yearly = { cron: '@yearly', timeZone: 'UTC' };
    const { times } = calendar.latest(yearly, { after: Date.UTC(2020, 5), until: noon, most: 10 });
    expect(times.map((at) => new Date(at).getUTCFullYear())).toEqual([2021, 2022, 2023, 2024, 2025, 2026]);
  });
});
