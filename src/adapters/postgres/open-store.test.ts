/** Which databases are used, and what happens when one goes away. */
import { describe, expect, inject, test, vi } from 'vitest';
import type { Signal } from '../../ports/signals.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { WRITER } from './migrations/migration.ts';
import { openStore, type Store } from './open-store.ts';
import { administer } from './testing/administer.ts';
import { openGateway } from './testing/gateway.ts';
import { aSubmission, NOON } from './testing/jobs.ts';
import { END_OTHERS, openSession } from './testing/session.ts';
import { testDatabase, withStore } from './testing/with-store.ts';

const db = withStore();
const SILENT = { info: () => undefined, warn: () => undefined };

describe('a database', () => {
  test('that may lose what it acknowledged is refused, unless asked for', async () => {
    const connection = { ...db.connection, options: '-c synchronous_commit=off' };
    const opened = openStore({ connection, clock: Date });
    await expect(opened).rejects.toMatchObject({ reason: 'NotDurable' });
    const store = await openStore({ connection, clock: Date, allowUnsafe: true });
    await store.close();
  });

  test('is migrated once by two servers that start at the same time', async () => {
    await using fresh = await testDatabase({ template: undefined });
    const stores = await Promise.all([fresh.open(), fresh.open(), fresh.open()]);
    await Promise.all(stores.map((store) => store.migrate()));
    const first = aSubmission();
    await stores[0]!.jobs.submit(first);
    await stores[1]!.migrate();
    expect(await stores[1]!.jobs.get('vision', first.job.uid)).toEqual(first.job);
    await using session = await openSession(fresh.connection);
    const made = await session.run('SELECT number FROM migration ORDER BY number');
    expect(made).toEqual(MIGRATIONS.map(({ number }) => ({ number })));
  });

  test('whose migrations differ from the program’s is refused', async () => {
    await using fresh = await testDatabase();
    const changed = MIGRATIONS.map((migration) => ({ ...migration, sql: `${migration.sql} ` }));
    const migrated = migrate(fresh.connection, { log: SILENT, migrations: changed });
    await expect(migrated).rejects.toMatchObject({ reason: 'ChangedMigration' });
  });

  test('that a newer program migrated is used when that program allows it, and refused when not', async () => {
    await using fresh = await testDatabase();
    const next = (number: number, minWriter: number) => ({
      number,
      name: `later ${number}`,
      minWriter,
      sql: `CREATE TABLE later_${number} ()`,
    });
    const expanding = [...MIGRATIONS, next(1001, WRITER)];
    await migrate(fresh.connection, { log: SILENT, migrations: expanding });
    await (await fresh.open()).migrate();
    await migrate(fresh.connection, { log: SILENT, migrations: [...expanding, next(1002, WRITER + 1)] });
    await expect(fresh.open()).rejects.toMatchObject({ reason: 'NewerSchema' });
    await expect(migrate(fresh.connection, { log: SILENT })).rejects.toMatchObject({ reason: 'NewerSchema' });
  });

  test('keeps its epoch when it is opened again, and a copy of it has another', async () => {
    await using source = await testDatabase();
    const first = await source.open();
    const cursor = await first.events.cursor('now');
    const again = await source.open();
    expect((await again.events.after(cursor, {}, 1)).events).toEqual([]);
    await Promise.all([first.close(), again.close()]);
    await using copy = await testDatabase({ template: source.connection.database });
    const restored = await copy.open();
    await expect(restored.events.after(cursor, {}, 1)).rejects.toMatchObject({ code: 'cursor.expired' });
  });

  test('that was restored from another server’s dump tells its old events before the new ones', async () => {
    await using restored = await testDatabase();
    const store = await restored.open();
    const [old, young] = [aSubmission(), aSubmission()];
    await store.jobs.submit(old);
    await using session = await openSession(restored.connection);
    await session.run("UPDATE event SET xid = '900000000000'");
    await session.run("UPDATE meta SET incarnation = 'another'");
    const again = await restored.open();
    await again.jobs.submit(young);
    let cursor = await again.events.cursor('start');
    const told: string[] = [];
    await vi.waitFor(
      async () => {
        const batch = await again.events.after(cursor, {}, 10);
        cursor = batch.cursor;
        told.push(...batch.events.map(({ uid }) => uid));
        expect(told).toEqual([old.job.uid, young.job.uid]);
      },
      { timeout: 20_000, interval: 10 },
    );
  });

  test('may belong to a user without special rights', async () => {
    await using own = await testDatabase({ template: undefined });
    const { user } = db.connection;
    const role = `${own.connection.database}_owner`;
    await administer(
      own.connection,
      `CREATE ROLE ${role}; GRANT ${role} TO ${user};
      ALTER DATABASE ${own.connection.database} OWNER TO ${role}`,
    );
    try {
      const store = await own.open({ connection: { ...own.connection, options: `-c role=${role}` } });
      await store.migrate();
      const first = aSubmission();
      await store.jobs.submit(first);
      expect(await store.jobs.get('vision', first.job.uid)).toEqual(first.job);
      await store.close();
    } finally {
      await administer(
        own.connection,
        `DROP OWNED BY ${role}; REASSIGN OWNED BY ${role} TO ${user};
        ALTER DATABASE ${own.connection.database} OWNER TO ${user}; DROP OWNED BY ${role}; DROP ROLE ${role}`,
      );
    }
  });

  test('that is not there is unavailable', async () => {
    const connection = { ...db.connection, host: '127.0.0.1', port: 9 };
    await expect(openStore({ connection, clock: Date })).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  test('that does not exist is not called unavailable: waiting would not help', async () => {
    const { admin } = inject('postgres');
    const connection = { ...admin, database: 'no_such_database' };
    await expect(openStore({ connection, clock: Date })).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('a database that goes away', () => {
  test('makes every call say so, and is used again when it is back', async () => {
    await using gateway = await openGateway(db.connection);
    const store = await openStore({ connection: gateway.connection, clock: Date, allowUnsafe: true });
    try {
      const first = aSubmission();
      await store.jobs.submit(first);
      await store.health();
      await gateway.close();
      const unavailable = { code: 'store.unavailable', cause: expect.anything() };
      await expect(store.health()).rejects.toMatchObject(unavailable);
      await expect(store.jobs.submit(aSubmission())).rejects.toMatchObject(unavailable);
      await expect(store.jobs.get('vision', first.job.uid)).rejects.toMatchObject(unavailable);
      await expect(store.board.snapshot()).rejects.toMatchObject(unavailable);
      await gateway.open();
      expect(await store.jobs.get('vision', first.job.uid)).toEqual(first.job);
    } finally {
      await store.close();
    }
  });

  test('while calls are under way fails them, and the process lives', async () => {
    await using own = await testDatabase();
    const store = await own.open({ poolSize: 4 });
    await using session = await openSession(own.connection);
    const calls = Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        i % 2 === 0 ? store.jobs.submit(aSubmission()) : store.board.snapshot(),
      ),
    );
    await session.run(END_OTHERS);
    for (const call of await calls) {
      if (call.status === 'rejected') expect(call.reason).toMatchObject({ code: 'store.unavailable' });
    }
    await session.run(END_OTHERS);
    await vi.waitFor(() => store.health(), { timeout: 10_000 });
  });

  test('after the store was closed is the server’s end', async () => {
    const store = await db.open();
    await store.close();
    await store.close();
    await expect(store.health()).rejects.toMatchObject({ code: 'server.stopping' });
  });
});

describe('signals', () => {
  async function heard(during: (signals: Signal[]) => Promise<void>, store: Store = db.store): Promise<void> {
    const until = new AbortController();
    const signals: Signal[] = [];
    for (const topic of ['schedule', 'event', 'agent'] as const) {
      store.signals.subscribe(topic, (signal) => signals.push(signal), until.signal);
    }
    try {
      await during(signals);
    } finally {
      until.abort();
    }
  }

  test('reach other servers, until they are no longer asked for', async () => {
    const other = await db.open();
    let kept: Signal[] = [];
    await heard(async (signals) => {
      kept = signals;
      const first = aSubmission();
      await other.jobs.submit(first);
      const want = [
        { topic: 'schedule', key: first.job.uid },
        { topic: 'event', key: first.job.uid },
      ];
      await vi.waitFor(() => expect(signals).toEqual(want), { timeout: 10_000 });
    });
    const before = kept.length;
    await heard(async (signals) => {
      await other.jobs.submit(aSubmission());
      await vi.waitFor(() => expect(signals.length).toBeGreaterThan(0), { timeout: 10_000 });
    });
    expect(kept).toHaveLength(before);
  });

  test('come back by themselves after a break, and say that some may be lost', async () => {
    await using own = await testDatabase();
    const store = await own.open();
    await using session = await openSession(own.connection);
    await heard(async (signals) => {
      await session.run(END_OTHERS);
      const want = (['schedule', 'agent', 'event'] as const).map((topic) => ({ topic, key: '' }));
      await vi.waitFor(() => expect(signals).toEqual(want), { timeout: 20_000 });
      const first = aSubmission({ now: NOON });
      await vi.waitFor(() => store.jobs.submit(first), { timeout: 10_000 });
      const told = { topic: 'event', key: first.job.uid };
      await vi.waitFor(() => expect(signals).toContainEqual(told), { timeout: 10_000 });
    }, store);
  });

  test('are not stopped by a subscriber that fails', async () => {
    const until = new AbortController();
    db.store.signals.subscribe(
      'event',
      () => {
        throw new Error('a defect of the subscriber');
      },
      until.signal,
    );
    await heard(async (signals) => {
      await db.store.jobs.submit(aSubmission());
      await vi.waitFor(() => expect(signals).toHaveLength(2), { timeout: 10_000 });
    });
    until.abort();
  });
});
