/** Lists of jobs: live and ended together, newest first, narrowed and paged. */
import { beforeAll, describe, expect, test } from 'vitest';
import { cancel } from '../../../core/job/cancel.ts';
import type { JobFilter } from '../../../ports/job-store.ts';
import type { LabelTest } from '../../../ports/page.ts';
import { aSubmission, decided, NOON, type Wanted } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

interface Listed extends Wanted {
  readonly ended?: boolean;
}

/** In the order in which they are submitted, a second apart. */
const JOBS: readonly Listed[] = [
  { name: 'a', labels: { team: 'ocr', tier: 'gold' } },
  { name: 'b', labels: { team: 'ocr' }, ended: true },
  { name: 'c', labels: { team: "o'cr" }, spec: { queue: 'other' } },
  { name: 'd', spec: { type: 'training' } },
  { name: 'e', labels: { team: 'asr' }, ended: true, project: 'speech' },
];

beforeAll(async () => {
  for (const [index, { ended, ...wanted }] of JOBS.entries()) {
    const first = aSubmission({ ...wanted, now: NOON + index * 1000 });
    await db.store.jobs.submit(first);
    if (ended) await db.store.jobs.apply(decided(cancel(first.job, { by: 'ada', now: NOON + 60_000 })));
  }
});

const label = (key: string, op: LabelTest['op'], value = ''): JobFilter => ({ labels: [{ key, op, value }] });

describe('a list of jobs', () => {
  test.each<{ what: string; filter: JobFilter; want: string }>([
    { what: 'everything', filter: {}, want: 'edcba' },
    { what: 'a project', filter: { project: 'vision' }, want: 'dcba' },
    { what: 'states', filter: { states: ['cancelled', 'running'] }, want: 'eb' },
    { what: 'live ones', filter: { states: ['pending'] }, want: 'dca' },
    { what: 'a queue', filter: { queue: 'other' }, want: 'c' },
    { what: 'a type', filter: { type: 'training' }, want: 'd' },
    { what: 'a time from', filter: { createdAfter: NOON + 3000 }, want: 'ed' },
    { what: 'a time to', filter: { createdBefore: NOON + 1000 }, want: 'ba' },
    { what: 'a label', filter: label('team', 'equals', 'ocr'), want: 'ba' },
    { what: 'a label with a quote', filter: label('team', 'equals', "o'cr"), want: 'c' },
    { what: 'a label that looks like SQL', filter: label("team' OR true --", 'exists'), want: '' },
    { what: 'a label that looks like a parameter', filter: label('@v', 'equals', '$1'), want: '' },
    { what: 'another label value', filter: label('team', 'differs', 'ocr'), want: 'edc' },
    { what: 'having a label', filter: label('tier', 'exists'), want: 'a' },
    { what: 'not having a label', filter: label('team', 'absent'), want: 'd' },
    {
      what: 'all of it',
      filter: { project: 'vision', states: ['pending'], ...label('team', 'equals', 'ocr') },
      want: 'a',
    },
  ])('is narrowed by $what, whole and in pages', async ({ filter, want }) => {
    const whole = await db.store.jobs.list(filter, { limit: 100 });
    expect(whole.items.map(({ name }) => name).join('')).toBe(want);
    expect(whole.next).toBeUndefined();
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await db.store.jobs.list(filter, { cursor, limit: 2 });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.next;
      more = cursor !== undefined;
    }
    expect(seen.join('')).toBe(want);
  });

  test.each([{ cursor: 'x' }, { cursor: '' }, { cursor: Buffer.from('[1]').toString('base64url') }])(
    'with the cursor "$cursor", which is none of ours, is refused',
    async ({ cursor }) => {
      await expect(db.store.jobs.list({}, { cursor, limit: 1 })).rejects.toMatchObject({
        code: 'cursor.expired',
      });
    },
  );
});
