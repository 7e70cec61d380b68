/** What somebody gets who installs the package: it starts, runs a job, and brings nothing that is not for them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { VERSION } from '../../src/core/version.ts';
import {
  cleanEnv,
  NODE_DIR,
  oldNode,
  type Packed,
  packAndInstall,
  type Ran,
  run,
  withNode,
} from './packed.ts';

/** Compiling and installing take their time on a cold cache. */
const PATIENCE = 180_000;

/** What npm says of its own settings is not what is tested. */
const QUIET_NPM = { npm_config_loglevel: 'error' };

let packed: Packed;
beforeAll(async () => {
  packed = await packAndInstall();
}, PATIENCE);
afterAll(() => packed?.remove());

function needsInstall({ skip }: TestContext): void {
  if (packed.offline !== undefined) skip(packed.offline);
}

function npx(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return run('npx', ['--no-install', 'capstan', ...args], {
    cwd: packed.dir,
    env: { ...withNode(NODE_DIR), XDG_CONFIG_HOME: join(packed.dir, 'config'), ...QUIET_NPM, ...env },
  });
}

function compile(name: string, program: string): Promise<Ran> {
  writeFileSync(join(packed.dir, name), program);
  const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
  const flags = ['--strict', '--module', 'nodenext', '--target', 'es2024', '--types', ''];
  return run(tsc, [...flags, name], { cwd: packed.dir, env: withNode(NODE_DIR) });
}

describe('the packed files', () => {
  test.each([
    'bin/capstan.js',
    'dist/main/cli.js',
    'dist/main/planner-thread.js',
    'dist/adapters/process/shim/main.js',
    'dist/contract/index.js',
    'dist/contract/index.d.ts',
    'docs/openapi.json',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'package.json',
  ])('have %s', (file) => {
    expect(packed.files).toContain(file);
  });

  test.each([
    { what: 'sources', of: (file: string) => file.endsWith('.ts') && !file.endsWith('.d.ts') },
    { what: 'tests or what they are made with', of: (file: string) => /\.test\.|\/testing\//.test(file) },
    {
      what: 'files but the program and its documents',
      of: (file: string) => !/^(bin|dist)\/|^docs\/openapi\.json$|^[^/]+$/.test(file),
    },
  ])('have no $what', ({ of }) => {
    expect(packed.files.filter(of)).toEqual([]);
  });
});

describe('the installed package', () => {
  test('holds no path of the machine that made it', (context) => {
    needsInstall(context);
    const home = join(packed.dir, 'node_modules/capstan');
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const telling = files
      .map((file) => join(file.parentPath, file.name))
      .filter((file) => {
        const text = readFileSync(file, 'latin1');
        return packed.machinePaths.some((path) => text.includes(path));
      });
    expect(telling).toEqual([]);
  });

  test('says its version and its help', async (context) => {
    needsInstall(context);
    expect(await npx(['version', '--client'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(VERSION),
    });
    expect(await npx(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('capstan submit -f'),
    });
  });

  test('has types that a program can use, and that refuse a wrong one', async (context) => {
    needsInstall(context);
    const program = `
      import { API_VERSION, type JobSpecWire, type JobView } from 'capstan';
      export const spec: JobSpecWire = { type: 'batch', command: ['true'] };
      export const stateOf = (job: JobView): string => job.status.state;
      console.log(API_VERSION);`;
    expect(await compile('right.mts', program)).toMatchObject({ code: 0, stdout: '' });
    const ran = await run(process.execPath, ['right.mjs'], { cwd: packed.dir, env: {} });
    expect(ran).toMatchObject({ code: 0, stdout: 'capstan.dev/v1alpha1\n' });
    const wrong = await compile('wrong.mts', program.replace("'batch'", "'dance'"));
    expect(wrong).toMatchObject({
      code: expect.not.toBeOneOf([0]),
      stdout: expect.stringContaining('dance'),
    });
  });

  test('starts, runs a job, and stops', { timeout: PATIENCE }, async (context) => {
    needsInstall(context);
    const env = { ...withNode(NODE_DIR), XDG_CONFIG_HOME: join(packed.dir, 'config') };
    const args = [
      '--no-install',
      'capstan',
      'up',
      '--data',
      join(packed.dir, 'data'),
      '--port',
      '0',
      '--output',
      'json',
    ];
    const up = spawn('npx', args, { cwd: packed.dir, env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    up.stderr.on('data', (bytes: Buffer) => said.push(bytes));
    const over = once(up, 'exit');
    const line = await Promise.race([
      once(createInterface(up.stdout), 'line'),
      over.then(() => Promise.reject(new Error(`it ended: ${Buffer.concat(said)}`))),
    ]);
    const { address, pid, keyFile } = JSON.parse(String(line[0]));
    try {
      const client = { CAPSTAN_SERVER: address, CAPSTAN_KEY_FILE: keyFile };
      const job = await npx(
        ['run', '--follow', '--', 'sh', '-c', 'echo "rank $RANK of $WORLD_SIZE"'],
        client,
      );
      expect(job).toMatchObject({ code: 0, stdout: expect.stringContaining('rank 0 of 1') });
    } finally {
      process.kill(pid, 'SIGTERM');
    }
    expect(await over).toEqual([0, null]);
  });

  test('says in one line what it needs, under a Node that is too old', async (context) => {
    needsInstall(context);
    const old = await oldNode();
    if (old === undefined) return context.skip('this machine has no Node older than 24');
    const { code, stdout, stderr } = await npx(['version', '--client'], withNode(old));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^capstan needs Node 24 or newer \(this is v\d+\.\d+\.\d+\): .*\n$/);
  });
});
