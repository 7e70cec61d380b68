/** `capstan doctor` on a running installation, in order and not. */
import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run as runHere } from '../../src/cli/testing/run.ts';
import { grantOf } from '../../src/core/access/grants.ts';
import { invoke } from '../../src/operations/invoke.ts';
import { examineServer } from '../../src/operations/system/doctor.ts';
import { withHouse } from './house.ts';
import { Running, run, Scratch } from './running.ts';

interface Diagnosed {
  readonly check: string;
  readonly level: string;
  readonly what: string;
  readonly next?: string;
}

const ADMIN = { id: 'key/admin', kind: 'key', grants: [grantOf('admin')] } as const;
const ENDLESS = new AbortController().signal;

const scratch = new Scratch();
let running: Running;

beforeAll(async () => {
  running = await Running.up(scratch.dir);
});

afterAll(async () => {
  // Not there when it could not start.
  await running?.stop();
  scratch[Symbol.dispose]();
});

async function doctor(...args: string[]): Promise<{ code: number | null; found: Diagnosed[] }> {
  const all = ['doctor', '--data', running.data, '-o', 'json', ...args];
  const { code, stdout, stderr } = await run(scratch.dir, { args: all });
  return {
    code,
    found: stdout === '' ? [{ check: 'said', level: 'none', what: stderr }] : JSON.parse(stdout),
  };
}

test('an installation in order has no error', async () => {
  const { code, found } = await doctor();
  expect(found.filter(({ level }) => level === 'error')).toEqual([]);
  expect(code).toBe(0);
  expect(found.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      'data',
      'secrets',
      'lock',
      'disk',
      'database',
      'durability',
      'clock',
      'migrations',
    ]),
  );
  expect(found.find(({ check }) => check === 'lock')?.what).toContain(`process ${running.child.pid}`);
});

test('what is wrong is told with how to mend it, and ends with 1', async () => {
  chmodSync(running.keyFile, 0o644);
  const config = scratch.path('later.yaml');
  writeFileSync(config, 'logLevel: info\n', { mode: 0o600 });
  const { code, found } = await doctor('--config', config, '--tls-cert', 'no.crt', '--tls-key', 'no.key');
  chmodSync(running.keyFile, 0o600);
  expect(code).toBe(1);
  // Room on the disk is the machine's own matter.
  const wrong = found.filter(({ level, check }) => level !== 'ok' && check !== 'disk');
  expect(wrong).toMatchObject([
    { check: 'secrets', level: 'error', next: expect.stringContaining('chmod 600') },
    { check: 'configuration', level: 'warning', what: expect.stringContaining('changed after') },
    { check: 'tls', level: 'error', what: expect.stringContaining('no.crt') },
  ]);
});

test('a database that may not be reached is an error, without its password', async () => {
  const args = ['doctor', '--data', running.data];
  const env = { CAPSTAN_DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/c' };
  const { code, stdout, stderr } = await run(scratch.dir, { args, env });
  expect(code).toBe(1);
  expect(stdout).toMatch(/error {4}database: the database does not answer/);
  expect(stdout + stderr).not.toContain('hunter2');
});

test('a directory that is not there is an error, and none is made', async () => {
  const { code, stdout } = await run(scratch.dir, { args: ['doctor', '--data', scratch.path('none')] });
  expect(code).toBe(1);
  expect(stdout).toContain('is no directory');
});

describe('of a server that is elsewhere', () => {
  const house = withHouse();

  async function remote(env: Record<string, string> = {}, ...args: string[]) {
    const { code, stdout, stderr } = await running.cli(['doctor', '--remote', '-o', 'json', ...args], env);
    return { code, found: JSON.parse(stdout || `[{"what": ${JSON.stringify(stderr)}}]`) as Diagnosed[] };
  }

  test('what is in order has no error, and everything was looked at', async () => {
    const { code, found } = await remote();
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    const looked = ['secrets', 'reach', 'clock', 'version', 'database', 'migrations', 'lease', 'audit'];
    expect(found.map(({ check }) => check)).toEqual(
      expect.arrayContaining([...looked, 'signing', 'agents', 'blobs']),
    );
    const { stdout } = await running.cli(['doctor', '--remote']);
    expect(stdout).toMatch(/ok {7}lease: \S+ schedules \(epoch \d+\)/);
    expect(stdout).toMatch(/\n0 errors, 0 warnings, \d+ ok\n$/);
  });

  test('a key that others may read is an error', async () => {
    chmodSync(running.keyFile, 0o644);
    const { code, found } = await remote();
    chmodSync(running.keyFile, 0o600);
    expect(code).toBe(1);
    expect(found.filter(({ level }) => level !== 'ok')).toMatchObject([
      { check: 'secrets', level: 'error', next: expect.stringContaining('chmod 600') },
    ]);
  });

  test('a server that does not answer, or is none, is an error', async () => {
    const { code, found } = await remote({ CAPSTAN_SERVER: 'http://127.0.0.1:1' });
    expect([code, found.at(-1)]).toMatchObject([1, { check: 'reach', level: 'error' }]);
    const far = await remote({ CAPSTAN_SERVER: 'http://127.0.0.1:1' }, '--data', 'x');
    expect([far.code, far.found[0]?.what]).toEqual([2, expect.stringContaining('not at both')]);
  });

  const asked = (key: string) =>
    runHere(['doctor', '--remote', '-o', 'json'], {
      env: { CAPSTAN_SERVER: house().address, CAPSTAN_KEY: key },
    });

  test('clocks that differ, nobody who schedules, and no agent are told', async () => {
    const { code, stdout } = await asked(house().admin);
    expect(code).toBe(1);
    // This program’s clock stands at noon of a day long ago.
    const found = JSON.parse(stdout) as Diagnosed[];
    // Databases of tests may be quick and forgetful.
    const wrong = found.filter(({ level, check }) => level !== 'ok' && check !== 'durability');
    expect(wrong).toMatchObject([
      { check: 'clock', level: 'error', what: expect.stringContaining('ahead of this machine') },
      { check: 'version', level: 'warning' },
      { check: 'lease', level: 'error' },
      { check: 'agents', level: 'warning' },
    ]);
  });

  test('a key that is no administrator’s sees what can be seen from outside', async () => {
    const { stdout } = await asked(await house().key('sees', ['operator']));
    expect((JSON.parse(stdout) as Diagnosed[]).at(-1)).toMatchObject({ check: 'server', level: 'warning' });
  });

  test.each([
    { signsBySecret: false, level: 'warning' },
    { signsBySecret: true, level: 'ok' },
  ])(
    'an old signing key, where tokens are signed by a secret: $signsBySecret',
    async ({ signsBySecret, level }) => {
      const { ports } = house();
      const facts = async () => ({ ...(await ports.examiner.facts()), signingKeyMs: 90 * 86_400_000 });
      const old = { ...ports, examiner: { facts }, tokens: { ...ports.tokens, signsBySecret } };
      const { items } = await invoke(examineServer, {
        input: {},
        principal: ADMIN,
        ports: old,
        signal: ENDLESS,
      });
      expect(items.find(({ check }) => check === 'signing')?.level).toBe(level);
    },
  );

  test('a store of blobs that is away, and a database that is, are findings without their secrets', async () => {
    const { ports } = house();
    const failing = () => Promise.reject(new Error('connect to s3 with password=hunter2'));
    const broken = {
      ...ports,
      blobs: { ...ports.blobs, put: failing },
      examiner: { facts: failing },
      listener: { certificateEnds: () => 0 },
    };
    const { items } = await invoke(examineServer, {
      input: {},
      principal: ADMIN,
      ports: broken,
      signal: ENDLESS,
    });
    expect(items.filter(({ level }) => level === 'error').map(({ check }) => check)).toEqual([
      'database',
      'blobs',
      'tls',
    ]);
    expect(JSON.stringify(items)).not.toContain('hunter2');
  });
});
