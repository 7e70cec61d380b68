/** A database of an older PostgreSQL is moved to the one of this program; a kill leaves one that counts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataHome } from '../../src/adapters/data-home/open-data-home.ts';
import { upgradeCluster } from '../../src/adapters/embedded-postgres/upgrade.ts';
import { controlDigest } from '../../src/adapters/embedded-postgres/upgrade-places.ts';
import { runBackup } from '../../src/main/backup.ts';
import { databaseOptions, startDatabase, startDatabaseAsItIs } from '../../src/main/embedded-database.ts';
import { upgradeDatabase } from '../../src/main/upgrade-database.ts';
import { OldInstallation, silently, whyNoOldPostgres } from './old-installation.ts';
import { Product } from './product.ts';

const missing = whyNoOldPostgres();
if (missing) console.warn(`skipped: ${missing}`);

const PROJECTS = 300;
const DAY = 86_400_000;
let template: OldInstallation;
let before: Facts;
beforeAll(async () => {
  if (missing) return;
  template = await OldInstallation.make(PROJECTS);
  before = await template.withHome(async (home) => factsOf(home, startDatabaseAsItIs));
}, 60_000);
afterAll(() => template?.[Symbol.asyncDispose]());

interface Facts {
  readonly major: number;
  readonly epoch: string;
  readonly projects: readonly object[];
  readonly audit: number;
  readonly partitions: readonly string[];
  readonly workMem: string;
}

async function factsOf(home: DataHome, start: typeof startDatabase): Promise<Facts> {
  const postgres = await start(home, silently);
  const client = new Client(postgres.config);
  await client.connect();
  const all = async (text: string) => (await client.query(text)).rows;
  try {
    const [row] = await all(`SELECT current_setting('server_version_num')::integer / 10000 AS major,
      (SELECT epoch FROM meta) AS epoch, (SELECT count(*)::integer FROM audit_record) AS audit,
      current_setting('work_mem') AS work_mem`);
    const partitions = await all('SELECT inhrelid::regclass::text AS name FROM pg_inherits ORDER BY 1');
    return {
      major: row.major,
      epoch: row.epoch,
      audit: row.audit,
      workMem: row.work_mem,
      projects: await all('SELECT * FROM project ORDER BY name'),
      partitions: partitions.map(({ name }) => name).filter((name) => /_\d+$/.test(name)),
    };
  } finally {
    await client.end();
    await postgres.stop();
  }
}

/** Upgrades to the end, and looks. */
function upgraded(installation: OldInstallation): Promise<Facts> {
  return installation.withHome(async (home) => {
    const said: string[] = [];
    await upgradeDatabase(home, (line) => said.push(line));
    expect(said.join('\n')).not.toMatch(/the audit has \d+ findings/);
    return factsOf(home, startDatabase);
  });
}

const namesIn = (area: string) =>
  readdirSync(area)
    .map((name) => name.replace(/T\d+$|\d{8}T\d+$/, 'TIME'))
    .toSorted();
const DONE = ['data', 'data-15-TIME', 'log', 'password'];

function expectWhole(after: Facts): void {
  expect(after).toMatchObject({
    major: 18,
    audit: before.audit,
    workMem: '7MB',
    partitions: before.partitions,
  });
  expect(after.projects).toEqual(before.projects);
  expect([before.audit, before.partitions.length]).not.toContain(0);
}

describe.skipIf(missing !== undefined)('a database of PostgreSQL 15', { timeout: 120_000 }, () => {
  test('is upgraded by `capstan up`, row for row, as a store of a new epoch whose audit verifies', async () => {
    await using old = await template.copy();
    expect(before).toMatchObject({ major: 15, projects: expect.objectContaining({ length: PROJECTS }) });
    const product = await Product.on(old.data);
    try {
      const { items } = await product.get<{ items: object[] }>('/projects?limit=500');
      expect(items).toHaveLength(PROJECTS + 1);
      expect(await product.get('/audit/verification')).toMatchObject({ ok: true });
    } finally {
      await product.kill('SIGTERM');
    }
    const after = await old.withHome((home) => factsOf(home, startDatabase));
    expect(after).toMatchObject({ major: 18, workMem: '7MB' });
    expect(after.projects).toEqual(expect.arrayContaining([...before.projects]));
    expect(after.epoch).not.toBe(before.epoch);
    expect(namesIn(old.area)).toEqual(DONE);
    expect(readFileSync(join(old.area, 'password'), 'utf8')).toBe('the-password-of-a-test');
  });

  test('says what it does, how much the old one takes, and for how long it is kept', async () => {
    await using old = await template.copy();
    const said: string[] = [];
    await old.withHome((home) => upgradeDatabase(home, (line) => said.push(line)));
    const text = said.join('\n');
    expect(text).toMatch(/from PostgreSQL 15 to 18; the old one stays as it is/);
    expect(text).toMatch(/\d+ rows of \d+ tables are copied and compared/);
    expect(text).toMatch(/the audit verifies: \d+ records/);
    expect(text).toMatch(
      /kept for 30 days in \S+data-15-\S+ \(\d+ MB\): docs\/backup.md says how to go back/,
    );
  });

  test.each([
    { when: 'it has begun', at: /is upgraded from/ },
    { when: 'the new one is made', at: /a database is made/ },
    { when: 'the new one starts', at: /the rows are copied/ },
    { when: 'the rows are there', at: /are copied and compared/ },
    { when: 'the audit is verified', at: /the audit verifies/ },
    { when: 'it is about to count', at: /the copy is whole/ },
  ])('killed when $when: the next start finishes it, and nothing is lost or doubled', async ({ at }) => {
    await using old = await template.copy();
    await old.upgradeAndKill(at);
    expectWhole(await upgraded(old));
    expect(namesIn(old.area)).toEqual(DONE);
  });

  test.each([
    { what: 'before the old one was set aside', undo: ['old'] },
    { what: 'between the two renames', undo: [] },
  ])('killed $what, when the new one counts: the next start puts it in place', async ({ undo }) => {
    await using old = await template.copy();
    await upgraded(old);
    const { origin } = await unswitch(old);
    if (undo.includes('old')) renameSync(origin, join(old.area, 'data'));
    expectWhole(await upgraded(old));
    expect(namesIn(old.area)).toEqual(DONE);
  });

  test('that was used again after its copy was made is copied again', async () => {
    await using old = await template.copy();
    await upgraded(old);
    const { origin } = await unswitch(old);
    renameSync(origin, join(old.area, 'data'));
    await old.withHome(async (home) => {
      const postgres = await startDatabaseAsItIs(home, silently);
      const client = new Client(postgres.config);
      await client.connect();
      await client.query(`UPDATE project SET description = 'later' WHERE name = 'p7'`);
      await client.end();
      await postgres.stop();
    });
    const { projects } = await upgraded(old);
    expect(projects).toContainEqual(expect.objectContaining({ name: 'p7', description: 'later' }));
  });

  test('stays what it is when the copy fails, and can be upgraded later', async () => {
    await using old = await template.copy();
    await old.withHome(async (home) => {
      const copy = () => Promise.reject(new Error('the disk broke'));
      const failing = upgradeCluster({ ...databaseOptions(home, silently), copy });
      await expect(failing).rejects.toThrow('the disk broke');
      expect((await factsOf(home, startDatabaseAsItIs)).projects).toEqual(before.projects);
    });
    expectWhole(await upgraded(old));
  });

  test('is refused with the remedy when no binaries of 15 are left, and not touched', async () => {
    await using old = await template.copy();
    await old.withHome(async (home) => {
      const upgrading = upgradeDatabase(home, silently, { systemPlaces: [] });
      await expect(upgrading).rejects.toMatchObject({
        code: 'VersionMismatch',
        message: expect.stringMatching(
          /PostgreSQL 15, this Capstan has 18.*apt-get install postgresql-15.*capstan backup --with-keys/,
        ),
      });
    });
    expect(namesIn(old.area)).toEqual(['data', 'log', 'password']);
  });

  test('is saved by `capstan backup` as it is, without an upgrade', async () => {
    await using old = await template.copy();
    const to = join(old.data, 'saved.capstan');
    const facts = await runBackup({
      to,
      data: old.data,
      passphrase: undefined,
      env: {},
      cwd: '/',
      say: silently,
    });
    expect(facts.tables).toContainEqual(expect.objectContaining({ name: 'project', rows: PROJECTS }));
    expect(readFileSync(join(old.area, 'data', 'PG_VERSION'), 'utf8').trim()).toBe('15');
  });

  test('is kept beside the new one for thirty days, and can be gone back to', async () => {
    await using old = await template.copy();
    await upgraded(old);
    const kept = keptIn(old.area);
    const later = (days: number) => ({ now: () => new Date(Date.now() + days * DAY) });
    await old.withHome((home) => upgradeDatabase(home, silently, later(29)));
    expect(existsSync(kept)).toBe(true);
    renameSync(join(old.area, 'data'), join(old.area, 'rejected'));
    renameSync(kept, join(old.area, 'data'));
    const back = await old.withHome((home) => factsOf(home, startDatabaseAsItIs));
    expect(back).toEqual(before);
    expectWhole(await upgraded(old));
    await old.withHome((home) => upgradeDatabase(home, silently, later(31)));
    expect(namesIn(old.area)).toEqual(['data', 'log', 'password', 'rejected']);
  });
});

function keptIn(area: string): string {
  const name = readdirSync(area).find((found) => found.startsWith('data-15-'));
  if (!name) throw new Error(`nothing is kept in ${area}`);
  return join(area, name);
}

/** Puts the new cluster back to where it stands between the moment it counts and the second rename. */
async function unswitch({ area }: OldInstallation): Promise<{ origin: string }> {
  const origin = keptIn(area);
  mkdirSync(join(area, 'upgraded'), { mode: 0o711 });
  renameSync(join(area, 'data'), join(area, 'upgraded', 'data'));
  writeFileSync(join(area, 'upgraded', 'origin'), await controlDigest(origin));
  return { origin };
}
