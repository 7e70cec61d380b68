import { describe, expect, test } from 'vitest';
import { NOON } from '../job/testing/builders.ts';
import { type Ending, GIVE_UP_AFTER, nextTry, type Webhook, wants } from './webhook.ts';

const WEBHOOK: Webhook = {
  id: 'w',
  project: 'p',
  name: 'n',
  url: 'https://example.com',
  events: ['failed'],
  labels: { team: 'ocr' },
  secret: new Uint8Array(),
  createdAt: NOON,
  createdBy: 'ada',
};
const ENDING = { project: 'p', state: 'failed', at: NOON, labels: { team: 'ocr', more: 'x' } };

describe('a webhook', () => {
  test.each<{ what: string; change: Partial<Ending>; want: boolean }>([
    { what: 'an end that it asked for', change: {}, want: true },
    { what: 'another state', change: { state: 'succeeded' }, want: false },
    { what: 'another project', change: { project: 'q' }, want: false },
    { what: 'another label', change: { labels: { team: 'nlp' } }, want: false },
    { what: 'no label', change: { labels: {} }, want: false },
    { what: 'an end before it was made', change: { at: NOON - 1 }, want: false },
  ])('$what: told is $want', ({ change, want }) => {
    expect(wants(WEBHOOK, { ...ENDING, ...change })).toBe(want);
  });
});

describe('after a try that failed', () => {
  test.each([
    { tries: 1, pause: 5_000 },
    { tries: 2, pause: 10_000 },
    { tries: 10, pause: 2_560_000 },
    { tries: 30, pause: 3_600_000 },
  ])('number $tries, the next comes after $pause ms', ({ tries, pause }) => {
    expect(nextTry({ createdAt: NOON, tries }, { now: NOON, random: 0.5 })).toBe(NOON + pause);
  });

  test('a day after the end of the job, no more', () => {
    const now = NOON + GIVE_UP_AFTER - 1000;
    expect(nextTry({ createdAt: NOON, tries: 3 }, { now, random: 0 })).toBeUndefined();
  });
});
