/** What arrives while a write is in flight goes into the next, each item once. */
import { describe, expect, test } from 'vitest';
import { GroupCommit } from './group-commit.ts';

interface Item {
  readonly key: string;
  readonly value: number;
}

/** A writer whose writes end when the test says so. */
function slowWriter(fail: (items: readonly Item[]) => unknown = () => undefined) {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const write = async (items: readonly Item[]) => {
    batches.push(items.map(({ value }) => value));
    await new Promise<void>((resolve) => ends.push(resolve));
    const error = fail(items);
    if (error) throw error;
    return items.map(({ value }) => value * 10);
  };
  /** Ends write after write until all of these are settled. */
  const settled = async <T>(all: Promise<T>[]) => {
    let done = false;
    const results = Promise.allSettled(all).finally(() => {
      done = true;
    });
    while (!done) {
      ends.shift()?.();
      await Promise.resolve();
    }
    return results;
  };
  return { write, batches, settled };
}

const options = { keysOf: ({ key }: Item) => [key], maxBatch: 3, mayDivide: () => true };
const item = (value: number, key = `key-${value}`) => ({ key, value });
const values = (results: PromiseSettledResult<number>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'));

describe('group commit', () => {
  test('writes the first at once and the others together, as many as fit', async () => {
    const { write, batches, settled } = slowWriter();
    const group = new GroupCommit(write, options);
    const results = await settled([1, 2, 3, 4, 5].map((value) => group.add(item(value))));
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
    expect(values(results)).toEqual([10, 20, 30, 40, 50]);
  });

  test('keeps items of one key apart and in order', async () => {
    const { write, batches, settled } = slowWriter();
    const group = new GroupCommit(write, options);
    const items = [item(1), item(2, 'a'), item(3, 'a'), item(4, 'b'), item(5, 'a')];
    await settled(items.map((one) => group.add(one)));
    expect(batches).toEqual([[1], [2, 4], [3], [5]]);
  });

  test('writes one by one what failed together, so that one item fails alone', async () => {
    const { write, batches, settled } = slowWriter((items) =>
      items.some(({ value }) => value === 3) ? new Error('three') : undefined,
    );
    const group = new GroupCommit(write, options);
    const results = await settled([1, 2, 3, 4].map((value) => group.add(item(value))));
    expect(batches).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
    expect(values(results)).toEqual([10, 20, 'failed', 40]);
  });

  test('fails all of a batch that must not be divided, and goes on', async () => {
    const { write, batches, settled } = slowWriter((items) =>
      items.length > 1 ? new Error('lost') : undefined,
    );
    const group = new GroupCommit(write, { ...options, mayDivide: () => false });
    const results = await settled([1, 2, 3].map((value) => group.add(item(value))));
    expect(values(results)).toEqual([10, 'failed', 'failed']);
    expect(values(await settled([group.add(item(4))]))).toEqual([40]);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  test('refuses what is more than may wait, before it is written, and takes more later', async () => {
    const { write, batches, settled } = slowWriter();
    const group = new GroupCommit(write, { ...options, maxWaiting: 2 });
    const results = await settled([1, 2, 3, 4, 5].map((value) => group.add(item(value))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'limit.busy' } }, { reason: { code: 'limit.busy' } }]);
    expect(batches).toEqual([[1], [2, 3]]);
    expect(values(await settled([group.add(item(6))]))).toEqual([60]);
  });
});
