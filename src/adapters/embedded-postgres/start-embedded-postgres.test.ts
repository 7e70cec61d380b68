import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readPostmasterFile } from './postmaster-file.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';
import {
  argumentsOfAll,
  asRoot,
  disposableRuntime,
  query,
  scratchArea,
  scratchRuntime,
  startOwner,
  tcpSocketsOf,
  textOf,
} from './testing/scratch-area.ts';

let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = await scratchRuntime();
});
afterAll(() => rm(runtimeDir, { recursive: true }));

describe.concurrent('a first start', { timeout: 60_000 }, () => {
  test('makes a database that answers, in UTF-8, with checksums, sorted by code point', async () => {
    await using area = await scratchArea(runtimeDir);
    const postgres = await startEmbeddedPostgres(area.options);
    const [row] = await query(
      postgres.config,
      `SELECT current_database() AS database, current_setting('server_encoding') AS encoding,
              current_setting('data_checksums') AS checksums, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS commit, 'Z' < 'a' AS by_code_point`,
    );
    await postgres.stop();
    expect(row).toEqual({
      database: 'capstan',
      encoding: 'UTF8',
      checksums: 'on',
      fsync: 'on',
      commit: 'on',
      by_code_point: true,
    });
    expect({ adopted: postgres.adopted, version: postgres.version }).toEqual({
      adopted: false,
      version: expect.stringMatching(/^18\./),
    });
  });

  test('runs as the user that was named, or as our own, and in no other group', async () => {
    await using area = await scratchArea(runtimeDir);
    const postgres = await startEmbeddedPostgres(area.options);
    const status = await readFile(`/proc/${postgres.pid}/status`, 'utf8');
    await postgres.stop();
    const uid = asRoot ? area.options.user!.uid : process.getuid!();
    expect(status).toMatch(new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}\\t${uid}$`, 'm'));
    if (asRoot) expect(status).toMatch(/^Groups:\s*$/m);
  });

  test('opens no TCP port', async () => {
    await using area = await scratchArea(runtimeDir);
    const postgres = await startEmbeddedPostgres(area.options);
    const sockets = await tcpSocketsOf(area.data);
    const [row] = await query<{ addresses: string }>(
      postgres.config,
      `SELECT current_setting('listen_addresses') AS addresses`,
    );
    await postgres.stop();
    expect({ sockets, addresses: row?.addresses }).toEqual({ sockets: [], addresses: '' });
  });

  test('shows the password in no process, no log and no file that others can read', async () => {
    await using area = await scratchArea(runtimeDir);
    const seen: string[] = [];
    const starting = startEmbeddedPostgres(area.options);
    let done = false;
    const watching = (async () => {
      while (!done) seen.push(...(await argumentsOfAll()));
    })();
    const postgres = await starting;
    done = true;
    await watching;
    await query(postgres.config, `SELECT 'a-value-of-a-job'::int`).catch(() => {});
    const logs = await textOf(area.log);
    await postgres.stop();
    const { password } = postgres.config;
    expect(seen.some((line) => line.includes('--pwfile'))).toBe(true);
    expect(seen.filter((line) => line.includes(password))).toEqual([]);
    expect(logs).not.toContain(password);
    expect(logs).not.toContain('a-value-of-a-job');
    expect((await stat(join(area.options.postgresDir, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(area.options.postgresDir)).mode & 0o777).toBe(0o700);
  });

  test('refuses whoever has not the password', async () => {
    await using area = await scratchArea(runtimeDir);
    const postgres = await startEmbeddedPostgres(area.options);
    const stranger = query({ ...postgres.config, password: 'guess' }, 'SELECT 1');
    await expect(stranger).rejects.toMatchObject({ code: '28P01' });
    await postgres.stop();
  });

  test('leaves a whole runtime and no draft behind', async () => {
    await using area = await scratchArea(runtimeDir);
    const postgres = await startEmbeddedPostgres(area.options);
    await postgres.stop();
    expect((await readdir(area.options.postgresDir)).sort()).toEqual(['data', 'log', 'password']);
  });
});

describe.concurrent('a start after the owner was killed', { timeout: 60_000 }, () => {
  test.each(['copying', 'initialising', 'starting', 'ready'])('at the step "%s" works', async (phase) => {
    // Of its own: the copy must be missing.
    await using own = await disposableRuntime();
    await using area = await scratchArea(own.dir);
    const owner = await startOwner(area, phase);
    await owner.kill();
    const postgres = await startEmbeddedPostgres(area.options);
    const rows = await query(postgres.config, 'SELECT 1 AS one');
    await postgres.stop();
    const left = (await readdir(area.options.postgresDir)).sort();
    expect({ rows, left }).toEqual({ rows: [{ one: 1 }], left: ['data', 'log', 'password'] });
  });

  test('adopts the postmaster that still runs, with its data', async () => {
    await using area = await scratchArea(runtimeDir);
    const owner = await startOwner(area, 'running');
    await owner.kill();
    const postgres = await startEmbeddedPostgres(area.options);
    await query(postgres.config, 'CREATE TABLE kept (n int)');
    const seen = { adopted: postgres.adopted, line: `running ${postgres.pid}` };
    await postgres.stop();
    expect(seen).toEqual({ adopted: true, line: owner.line });
    expect(area.progress.map(({ phase }) => phase)).toEqual(['adopting', 'ready']);
  });

  test('waits for a database that is still being shut down', async () => {
    await using area = await scratchArea(runtimeDir);
    const owner = await startOwner(area, 'running');
    await owner.kill();
    process.kill(Number(owner.line.split(' ')[1]), 'SIGINT');
    const isReady = async () => (await readPostmasterFile(area.data))?.status === 'ready';
    await vi.waitFor(() => expect(isReady()).resolves.toBe(false), { timeout: 10_000, interval: 5 });
    const postgres = await startEmbeddedPostgres(area.options);
    expect(postgres.adopted).toBe(false);
    await postgres.stop();
  });
});
