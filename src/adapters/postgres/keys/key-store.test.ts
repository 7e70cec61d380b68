/** Keys, roles, bindings and sessions as the store keeps them. */
import { describe, expect, test } from 'vitest';
import type { KeyRecord } from '../../../ports/key-store.ts';
import type { SessionRecord } from '../../../ports/session-store.ts';
import { NOON } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

function key(name: string, over: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: `id-${name}`,
    prefix: `p-${name}`,
    hmac: new Uint8Array([0, 1, 255]),
    name,
    roles: ['admin'],
    scope: {},
    createdAt: NOON,
    createdBy: undefined,
    expiresAt: undefined,
    revokedAt: undefined,
    previous: undefined,
    ...over,
  };
}

describe('a key', () => {
  test('is found by its prefix, and by nothing else', async () => {
    const kept = key('ci', { scope: { projects: ['a'] }, createdBy: 'key/admin', expiresAt: NOON + 9 });
    expect(await db.store.keys.insert(kept)).toBe(true);
    expect(await db.store.keys.findByPrefix('p-ci')).toEqual(kept);
    expect(await db.store.keys.findByPrefix('p-cj')).toBeUndefined();
    expect(await db.store.keys.findByPrefix('p\0')).toBeUndefined();
  });

  test('keeps its name to itself until it is revoked', async () => {
    await db.store.keys.insert(key('one', { createdBy: 'x' }));
    const second = key('one', { id: 'second', prefix: 'p-second', createdBy: 'x' });
    const both = await Promise.all([
      db.store.keys.insert(second),
      db.store.keys.insert({ ...second, id: 'third', prefix: 'p-3' }),
    ]);
    expect(both).toEqual([false, false]);
    await db.store.keys.revoke('id-one', NOON + 1);
    expect(await db.store.keys.insert(second)).toBe(true);
    expect((await db.store.keys.get('one'))?.id).toBe('second');
    expect((await db.store.keys.get('id-one'))?.revokedAt).toBe(NOON + 1);
  });

  test('is rotated by one of two who try at a time, and found by its old prefix as well', async () => {
    await db.store.keys.insert(key('turn', { createdBy: 'x' }));
    const to = (prefix: string) => ({
      from: 'p-turn',
      to: { prefix, hmac: new Uint8Array([9]) },
      oldUntil: NOON + 5,
    });
    const results = await Promise.all([
      db.store.keys.rotate('id-turn', to('n1')),
      db.store.keys.rotate('id-turn', to('n2')),
    ]);
    expect(results.filter((record) => record !== undefined)).toHaveLength(1);
    const found = await db.store.keys.findByPrefix('p-turn');
    expect(found?.previous).toEqual({ prefix: 'p-turn', hmac: new Uint8Array([0, 1, 255]), until: NOON + 5 });
  });

  test('tells every replica when it is revoked', async () => {
    await db.store.keys.insert(key('told', { createdBy: 'x' }));
    const other = await db.open();
    const over = new AbortController();
    const heard = new Promise<void>((resolve) =>
      other.signals.subscribe('identity', () => resolve(), over.signal),
    );
    await db.store.keys.revoke('id-told', NOON);
    await heard;
    over.abort();
  });
});

describe('a role', () => {
  test('that is bound or in a key is not removed', async () => {
    const { roles, bindings, keys } = db.store;
    const role = { name: 'mine', description: '', operations: ['job.get'], createdAt: NOON, createdBy: 'x' };
    expect(await roles.put(role)).toEqual(role);
    const binding = {
      name: 'b',
      subject: 'group:g',
      role: 'mine',
      scope: {},
      createdAt: NOON,
      createdBy: 'x',
    };
    await bindings.put(binding);
    await expect(roles.remove('mine')).rejects.toMatchObject({ code: 'role.in_use' });
    expect(await bindings.of(['user:ada', 'group:g'])).toEqual([binding]);
    await bindings.remove('b');
    await keys.insert(key('has-mine', { roles: ['mine'], createdBy: 'x' }));
    await expect(roles.remove('mine')).rejects.toMatchObject({ code: 'role.in_use' });
    await keys.revoke('id-has-mine', NOON);
    expect([await roles.remove('mine'), await roles.remove('mine')]).toEqual([true, false]);
  });
});

describe('a session', () => {
  const session: SessionRecord = {
    id: 's1',
    subject: 'user:ada',
    groups: ['g'],
    method: 'oidc',
    createdAt: NOON,
    expiresAt: NOON + 100,
    usedAt: NOON,
    endedAt: undefined,
    refresh: { prefix: 'r1', hmac: new Uint8Array([1]) },
    previous: undefined,
  };

  test('is listed while it lives, prolonged once per secret, and ended once', async () => {
    const { sessions } = db.store;
    expect(await sessions.put(session)).toBe(true);
    expect(await sessions.put({ ...session, subject: 'user:eve' })).toBe(false);
    expect(await sessions.get('s1')).toEqual(session);
    expect((await sessions.list({ subject: 'user:ada', now: NOON }, { limit: 5 })).items).toEqual([session]);
    expect((await sessions.list({ now: NOON + 100 }, { limit: 5 })).items).toEqual([]);
    const change = {
      from: 'r1',
      to: { prefix: 'r2', hmac: new Uint8Array([2]) },
      oldUntil: NOON + 9,
      now: NOON + 1,
    };
    expect((await sessions.refresh('s1', change))?.refresh?.prefix).toBe('r2');
    expect(await sessions.refresh('s1', change)).toBeUndefined();
    expect((await sessions.findByPrefix('r1'))?.id).toBe('s1');
    expect([await sessions.end('s1', NOON + 2), await sessions.end('s1', NOON + 3)]).toEqual([true, false]);
    expect(await sessions.prune(NOON + 3)).toBe(1);
  });
});
