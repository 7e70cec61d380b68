/** S16: the password of the database is replaced while clients submit: none fails, and the old one opens nothing. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { findRunningPostgres } from '../../src/adapters/embedded-postgres/find-running.ts';
import { scramVerifier } from '../../src/adapters/embedded-postgres/rotate-password.ts';
import { withPassword } from '../../src/adapters/postgres/rotation.ts';
import { ownDatabase, ownServer } from './own-database.ts';
import { Product, until } from './product.ts';

/** Submissions on their way at a time. */
const CLIENTS = 4;

interface Load {
  readonly accepted: () => number;
  /** Resolves with what was not accepted. */
  stop(): Promise<readonly string[]>;
}

/** Submits jobs that never run, one after the other for each client, to the servers in turn. */
function submitting(servers: readonly ((name: string) => Promise<Response>)[]): Load {
  let over = false;
  let accepted = 0;
  let next = 0;
  const failed: string[] = [];
  const client = async () => {
    while (!over) {
      const at = next++;
      const answer = await servers[at % servers.length]?.(`r${at}`).catch((error: Error) => error);
      if (answer instanceof Response && answer.status === 201) accepted += 1;
      else
        failed.push(answer instanceof Response ? `${answer.status} ${await answer.text()}` : String(answer));
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    accepted: () => accepted,
    stop: async () => {
      over = true;
      await Promise.all(clients);
      return failed;
    },
  };
}

async function more(load: Load, jobs: number): Promise<void> {
  const before = load.accepted();
  await until(`${jobs} more are accepted`, () => load.accepted() >= before + jobs);
}

const body = (name: string) => ({ name, spec: { command: ['true'], startAfter: '2099-01-01T00:00:00Z' } });

async function connects(connection: ReturnType<typeof withPassword>): Promise<boolean> {
  const client = new Client(typeof connection === 'string' ? { connectionString: connection } : connection);
  try {
    await client.connect();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: '28P01' });
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Connections of the servers that were opened before that time: none after the grace. */
async function drained(sql: Client, before: Date): Promise<void> {
  await until('the connections of before are gone', async () => {
    const { rows } = await sql.query(
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'capstan%' AND backend_start < $1`,
      [before],
    );
    return rows.length === 0;
  });
}

describe('S16: the password of a database of one’s own, in a file that two servers follow', {
  timeout: 120_000,
}, () => {
  test.each([{ first: 'file' }, { first: 'database' }])(
    'is replaced, the $first first: no request fails, and the old one opens nothing',
    async ({ first }) => {
      await using database = await ownDatabase();
      const file = join(tmpdir(), `capstan-password-${randomBytes(6).toString('hex')}`);
      const url = database.url.replace(/:[^:@/]*@/, '@');
      const old = decodeURIComponent(/:([^:@/]*)@/.exec(database.url)?.[1] ?? '');
      const fresh = randomBytes(24).toString('base64url');
      writeFileSync(file, `${old}\n`, { mode: 0o600 });
      const sql = new Client({ connectionString: database.url });
      await sql.connect();
      try {
        const env = { CAPSTAN_DATABASE_PASSWORD_FILE: file };
        await using one = await ownServer(url, env);
        await using other = await ownServer(url, env);
        const load = submitting(
          [one, other].map((server) => (name) => server.request('POST', '/jobs', body(name))),
        );
        await more(load, 50);
        let told = new Date(0);
        const steps = {
          file: async () => {
            writeFileSync(`${file}.new`, fresh, { mode: 0o600 });
            renameSync(`${file}.new`, file);
          },
          database: async () => {
            await sql.query(`ALTER ROLE capstan PASSWORD '${scramVerifier(fresh)}'`);
            told = await now(sql);
          },
        };
        const order = first === 'file' ? [steps.file, steps.database] : [steps.database, steps.file];
        for (const step of order) {
          await step();
          await more(load, 50);
        }
        await drained(sql, told);
        await more(load, 50);
        expect(await load.stop()).toEqual([]);
        expect(await connects(withPassword(url, old))).toBe(false);
        expect(await connects(withPassword(url, fresh))).toBe(true);
        const output = one.output() + other.output();
        expect(output.match(/the database password was replaced/g)).toHaveLength(2);
        for (const secret of [old, fresh]) expect(output).not.toContain(secret);
      } finally {
        await sql.end();
        rmSync(file, { force: true });
      }
    },
  );
});

/** By the database's clock: what is opened after a password was taken was opened with it. */
async function now(sql: Client): Promise<Date> {
  const { rows } = await sql.query('SELECT clock_timestamp() AS now');
  return rows[0].now;
}

describe('S16: the password of the embedded database', { timeout: 120_000 }, () => {
  test('is replaced by a verb while clients submit: none fails, the old one opens nothing, a restart finds the new', async () => {
    const product = await Product.start();
    try {
      const load = submitting([(name) => product.request('POST', '/jobs', body(name))]);
      await more(load, 50);
      const before = await running(product);
      let told = new Date(0);
      for (let turn = 0; turn < 3; turn += 1) {
        told = new Date();
        const { code, stdout, stderr } = await product.cli([
          'database',
          'rotate-password',
          '--data',
          product.data,
        ]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout).toMatch(/has a new password/);
        await more(load, 50);
      }
      const after = await running(product);
      expect(await connects(before)).toBe(false);
      expect(await connects(after)).toBe(true);
      const sql = new Client({ ...after, application_name: 'test' });
      await sql.connect();
      await drained(sql, told).finally(() => sql.end());
      expect(await load.stop()).toEqual([]);
      await product.kill('SIGTERM');
      await product.up();
      expect((await product.request('POST', '/jobs', body('after-restart'))).status).toBe(201);
    } finally {
      await product.end();
    }
  });

  test('is replaced while nothing runs', async () => {
    const product = await Product.start();
    try {
      const before = readFileSync(passwordFile(product), 'utf8');
      await product.kill('SIGTERM');
      const { code } = await product.cli(['database', 'rotate-password', '--data', product.data]);
      expect(code).toBe(0);
      expect(readFileSync(passwordFile(product), 'utf8')).not.toBe(before);
      await product.up();
    } finally {
      await product.end();
    }
  });

  test.each([
    { when: 'before the database took it', tell: false },
    { when: 'after the database took it, before the file says so', tell: true },
  ])('is still known when the verb was killed $when', async ({ tell }) => {
    const product = await Product.start();
    try {
      const config = await running(product);
      const fresh = randomBytes(24).toString('base64url');
      const next = `${passwordFile(product)}.next`;
      writeFileSync(next, fresh, { mode: 0o600 });
      if (tell) {
        const sql = new Client({ ...config });
        await sql.connect();
        await sql.query(`ALTER ROLE capstan PASSWORD '${scramVerifier(fresh)}'`);
        await sql.end();
      }
      expect((await product.request('POST', '/jobs', body('meanwhile'))).status).toBe(201);
      await product.kill('SIGKILL');
      await product.up();
      expect((await product.request('POST', '/jobs', body('after'))).status).toBe(201);
      expect(existsSync(next)).toBe(!tell);
      const { code } = await product.cli(['database', 'rotate-password', '--data', product.data]);
      expect(code).toBe(0);
      expect(await connects({ ...config, password: fresh })).toBe(false);
    } finally {
      await product.end();
    }
  });
});

const passwordFile = ({ data }: Product) => join(data, 'postgres', 'password');

async function running({ data }: Product) {
  const config = await findRunningPostgres(join(data, 'postgres'));
  if (!config) throw new Error('the database does not run');
  return config;
}
