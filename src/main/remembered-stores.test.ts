import { describe, expect, test } from 'vitest';
import type { Stores } from './bootstrap.ts';
import { rememberStores } from './remembered-stores.ts';

/** Stores with a project, a queue and a grant, all named `a`, that count what they are asked. */
function remembered() {
  const asked: string[] = [];
  const there = new Set(['project a', 'queue a', 'grant a/a']);
  const time = { now: 0 };
  const store = (kind: string) => ({
    get: async (...names: string[]) => {
      const key = `${kind} ${names.join('/')}`;
      asked.push(key);
      return there.has(key) ? { key } : undefined;
    },
    put: async ({ key }: { key: string }) => {
      there.add(key);
      if (key.includes('lost')) throw new Error('the answer was lost');
      return { key };
    },
    remove: async (...names: string[]) => there.delete(`${kind} ${names.join('/')}`),
  });
  const stores = { projects: store('project'), queues: store('queue'), grants: store('grant') };
  const kept = rememberStores(stores as unknown as Stores, () => time.now);
  return { kept, asked, time, there };
}

type Remembered = ReturnType<typeof remembered>['kept'];

const KINDS = [
  {
    kind: 'project',
    key: 'project a',
    get: ({ projects }: Remembered) => projects.get('a'),
    remove: ({ projects }: Remembered) => projects.remove('a'),
    put: ({ projects }: Remembered, what: object) => projects.put(what as never, 0),
  },
  {
    kind: 'queue',
    key: 'queue a',
    get: ({ queues }: Remembered) => queues.get('a'),
    remove: ({ queues }: Remembered) => queues.remove('a'),
    put: ({ queues }: Remembered, what: object) => queues.put(what as never, 0),
  },
  {
    kind: 'grant',
    key: 'grant a/a',
    get: ({ grants }: Remembered) => grants.get('a', 'a'),
    remove: ({ grants }: Remembered) => grants.remove('a', 'a'),
    put: ({ grants }: Remembered, what: object) => grants.put(what as never, 0),
  },
];

describe.each(KINDS)('what is remembered of a $kind', ({ key, get, remove, put }) => {
  test('is asked for once a second', async () => {
    const { kept, asked, time } = remembered();
    for (time.now = 0; time.now < 2000; time.now += 100) expect(await get(kept)).toEqual({ key });
    expect(asked).toEqual([key, key]);
  });

  test('is forgotten when it is removed here', async () => {
    const { kept } = remembered();
    await get(kept);
    await remove(kept);
    expect(await get(kept)).toBeUndefined();
  });

  test('is there at once when it is made here', async () => {
    const { kept } = remembered();
    await remove(kept);
    expect(await get(kept)).toBeUndefined();
    await put(kept, { key });
    expect(await get(kept)).toEqual({ key });
  });

  test('is asked for anew after a change whose answer was lost', async () => {
    const { kept, asked } = remembered();
    await get(kept);
    await expect(put(kept, { key: 'lost' })).rejects.toThrow('lost');
    await get(kept);
    expect(asked).toEqual([key, key]);
  });

  test('is at most a second old when another replica changes it', async () => {
    const { kept, there, time } = remembered();
    await get(kept);
    there.delete(key);
    time.now = 1000;
    expect(await get(kept)).toBeUndefined();
  });
});
