/** What is known of agents. */
import { describe, expect, test } from 'vitest';
import { NOON } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();
const facts = { kind: 'process', nodes: [{ name: 'n', allocatable: { cpu: 1 }, labels: {} }] } as const;

const known = async (name: string) => (await db.store.agents.list()).find((agent) => agent.name === name);

describe('an agent', () => {
  test('is connected from its word on, heard later, and gone', async () => {
    await db.store.agents.put('a', facts, NOON);
    expect(await known('a')).toEqual({ name: 'a', facts, lastHeard: NOON, connected: true });
    await db.store.agents.heard('a', NOON + 10);
    await db.store.agents.heard('a', NOON + 5);
    await db.store.agents.gone('a', NOON + 11);
    expect(await known('a')).toMatchObject({ lastHeard: NOON + 10, connected: false });
  });

  test('that connected to another server is still connected when the first says that it is gone', async () => {
    await db.store.agents.put('b', facts, NOON);
    await db.store.agents.put('b', facts, NOON + 10);
    await db.store.agents.gone('b', NOON + 9);
    expect(await known('b')).toMatchObject({ connected: true });
    await db.store.agents.gone('b', NOON + 11);
    await db.store.agents.heard('b', NOON + 12);
    expect(await known('b')).toMatchObject({ connected: true, lastHeard: NOON + 12 });
  });

  test('that was never there is not made by a sign of life', async () => {
    await db.store.agents.heard('ghost', NOON);
    expect(await known('ghost')).toBeUndefined();
  });
});
