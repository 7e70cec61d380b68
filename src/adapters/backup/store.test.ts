import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type ClientConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOON } from '../../core/job/testing/builders.ts';
import type { BlobStore } from '../../ports/blob-store.ts';
import { type TestDatabase, testDatabase, withStore } from '../postgres/testing/with-store.ts';
import { KEY_TABLES, OWN_TABLES } from './format.ts';
import { loadBackup } from './load-tables.ts';
import { openSnapshot } from './snapshot.ts';
import { writeBackup } from './write-backup.ts';

const source = withStore();
let target: TestDatabase;
let dir: string;
beforeAll(async () => {
  target = await testDatabase();
  dir = mkdtempSync(join(tmpdir(), 'capstan-backup-'));
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const NO_BLOBS: BlobStore = {
  put: async () => ({ bytes: 0 }),
  read: async () => undefined,
  stat: async () => undefined,
  removeAll: async () => undefined,
};

async function* nothing() {}

async function query<R extends pg.QueryResultRow>(connection: ClientConfig, text: string): Promise<R[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

async function save(name: string, during: () => Promise<unknown> = async () => undefined): Promise<string> {
  const file = join(dir, name);
  const snapshot = await openSnapshot(source.connection);
  await during();
  const keys = { passphrase: 'correct horse battery', files: {} };
  await writeBackup(file, { snapshot, program: '0', now: NOON, blobs: nothing(), keys }).finally(() =>
    snapshot.close(),
  );
  return file;
}

const project = (name: string) => ({
  name,
  labels: { 'ä"\\': '\n' },
  description: 'a\tb',
  defaultQueue: undefined,
});

describe('a store', () => {
  test('comes back as the snapshot saw it, also when it changes meanwhile', async () => {
    for (let index = 0; index < 2500; index += 1) await source.store.projects.put(project(`p${index}`), NOON);
    await query(source.connection, "SELECT setval('event_seq', 77)");
    await query(
      source.connection,
      `INSERT INTO event (xid, at, uid, project, job, state_name, type, reason, message)
       VALUES ('999999999', ${NOON}, gen_random_uuid(), 'p', 'j', 'pending', 'normal', 'R', 'm')`,
    );
    await query(
      source.connection,
      `INSERT INTO api_key (id, prefix, hmac, name, roles, scope, created_at)
       VALUES ('k', 'p', '\\x00ff10', 'n', '[]', '{}', 9007199254740993)`,
    );
    const file = await save('whole', () => source.store.projects.put(project('late'), NOON));
    await loadBackup({
      file,
      connection: target.connection,
      blobs: NO_BLOBS,
      passphrase: 'correct horse battery',
    });
    const names = await query(target.connection, 'SELECT * FROM project ORDER BY name');
    const before = await query(source.connection, "SELECT * FROM project WHERE name <> 'late' ORDER BY name");
    expect(names).toEqual(before);
    const text = 'SELECT created_at::text, hmac FROM api_key';
    expect(await query(target.connection, text)).toEqual(await query(source.connection, text));
    expect(await query(target.connection, "SELECT nextval('event_seq')::int AS next")).toEqual([
      { next: 79 },
    ]);
    const [event] = await query(target.connection, 'SELECT xid < pg_current_xact_id() AS past FROM event');
    expect(event).toEqual({ past: true });
    const epochs = await Promise.all(
      [source.connection, target.connection].map((at) => query(at, 'SELECT epoch FROM meta')),
    );
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  test('lets nobody wait who reads or writes, while its backup is open', async () => {
    const snapshot = await openSnapshot(source.connection);
    try {
      await source.store.projects.put(project('while-open'), NOON);
      expect(await source.store.projects.get('while-open')).toBeDefined();
    } finally {
      await snapshot.close();
    }
  });

  test('a database without a store is refused', async () => {
    await using empty = await testDatabase({ template: undefined });
    await expect(openSnapshot(empty.connection)).rejects.toMatchObject({ code: 'NothingThere' });
  });
});

test('every table that holds what opens a door is one that leaves only sealed', async () => {
  const found = await query<{ name: string }>(
    source.connection,
    `SELECT DISTINCT table_name AS name FROM information_schema.columns
      WHERE table_schema = current_schema()
        AND (column_name ~ '(hmac|secret|sealed|password|private|token)' OR data_type = 'bytea')`,
  );
  expect(found.length).toBeGreaterThan(0);
  expect(
    found.map(({ name }) => name).filter((name) => !KEY_TABLES.has(name) && !OWN_TABLES.has(name)),
  ).toEqual([]);
});
