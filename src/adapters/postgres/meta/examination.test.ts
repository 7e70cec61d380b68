import { Client } from 'pg';
import { expect, test } from 'vitest';
import { systemEntry } from '../../../core/audit/record.ts';
import { AuditContext } from '../audit/audit-context.ts';
import { Database } from '../database.ts';
import { SILENT } from '../log.ts';
import { withStore } from '../testing/with-store.ts';
import { PostgresExaminer } from './examination.ts';

const db = withStore();
const clock = { now: () => Date.now() };

test('a fresh database: migrated, and nobody has scheduled, sealed or signed there', async () => {
  const facts = await db.store.examiner.facts();
  expect(facts).toMatchObject({ missing: [], unknown: [], long: [], lease: undefined });
  expect(facts).toMatchObject({ unsealed: { count: 0, oldestMs: 0 }, signingKeyMs: undefined });
  expect(facts.versionNumber).toBeGreaterThanOrEqual(150_000);
  expect(Math.abs(facts.skew)).toBeLessThan(5000);
});

test('who schedules, for how long still, and what is not sealed yet', async () => {
  const { store } = db;
  await store.scheduler.acquire('one', 60_000);
  await store.audit.record(systemEntry('test', 'test.look', Date.now() - 40_000));
  const { lease, unsealed } = await store.examiner.facts();
  expect(lease).toMatchObject({ holder: 'one', epoch: 1 });
  expect(lease?.leftMs).toBeGreaterThan(50_000);
  expect(unsealed.count).toBe(1);
  expect(unsealed.oldestMs).toBeGreaterThanOrEqual(40_000);
});

test('a transaction that holds back vacuum is named by backend and age, and no text of it is read', async () => {
  const other = new Client({ ...db.connection, application_name: 'forgotten' });
  await other.connect();
  await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  const { rows } = await other.query("SELECT pg_backend_pid() AS pid, 'hunter2' AS secret");
  const own = new Database(db.connection, { poolSize: 2, log: SILENT, audit: new AuditContext('t', clock) });
  const { long } = await new PostgresExaminer(own, clock, 0).facts();
  await own.close();
  await other.end();
  const found = long.find(({ pid }) => pid === rows[0].pid);
  expect(found).toMatchObject({ program: 'forgotten', holdsVacuum: true, seconds: expect.any(Number) });
  expect(JSON.stringify(long)).not.toContain('hunter2');
});
