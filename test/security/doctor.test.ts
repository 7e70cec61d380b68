/** `capstan doctor` on a running installation, in order and not. */
import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Running, run, Scratch } from './running.ts';

interface Diagnosed {
  readonly check: string;
  readonly level: string;
  readonly what: string;
  readonly next?: string;
}

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
