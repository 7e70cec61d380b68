/** Decisions in their order, page by page, and what is kept of them. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../open-store.ts';
import { NOON } from '../testing/jobs.ts';
import { type TestDatabase, testDatabase } from '../testing/with-store.ts';

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await database.open();
  return () => database[Symbol.asyncDispose]();
});

/** Bases are 1, 4 and 7. */
async function keepTen(): Promise<void> {
  const lease = (await store.scheduler.acquire('one', 60_000))!;
  for (let seq = 1; seq <= 10; seq += 1) {
    const kind = seq % 3 === 1 ? ('base' as const) : ('delta' as const);
    const decision = { seq, kind, version: '1', at: NOON + seq, body: Buffer.from(`body ${seq}`) };
    await store.scheduler.apply(lease, { transitions: [], waiting: [], decision });
  }
}

const seqs = async (from: number, limit: number, base: boolean) =>
  (await store.decisions.read({ from, limit, base })).map(({ seq }) => seq);

describe('decisions', () => {
  test.each([
    { what: 'from the base before the first', from: 6, limit: 4, base: true, want: [4, 5, 6, 7] },
    { what: 'from the first itself, on further pages', from: 6, limit: 4, base: false, want: [6, 7, 8, 9] },
    { what: 'to the last', from: 9, limit: 9, base: false, want: [9, 10] },
    { what: 'none beyond it', from: 11, limit: 9, base: false, want: [] },
  ])('are read $what', async ({ from, limit, base, want }) => {
    await keepTen();
    expect(await seqs(from, limit, base)).toEqual(want);
    expect(await store.decisions.last()).toBe(10);
  });

  test('are kept as they were, under a lease that holds and no other', async () => {
    await keepTen();
    const [first] = await store.decisions.read({ from: 1, limit: 1, base: true });
    expect(first).toMatchObject({ seq: 1, kind: 'base', version: '1', at: NOON + 1 });
    expect(Buffer.from(first!.body).toString()).toBe('body 1');
    const over = { holder: 'two', epoch: 1, expiresAt: 0 };
    const decision = { seq: 11, kind: 'delta', version: '1', at: NOON, body: Buffer.from('') } as const;
    expect(await store.scheduler.apply(over, { transitions: [], waiting: [], decision })).toBeUndefined();
    expect(await store.decisions.last()).toBe(10);
  });

  test('that are old go, but for those that the first which stays is made on', async () => {
    await keepTen();
    expect(await store.decisions.prune(NOON + 6)).toBe(3);
    expect(await seqs(1, 20, true)).toEqual([4, 5, 6, 7, 8, 9, 10]);
  });
});
