/** Where server, key and project come from, and that a key never goes to another server. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readContexts } from './context-file.ts';
import { type GlobalFlags, resolveSettings } from './settings.ts';
import { run } from './testing/run.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'capstan-cli-'));
});
afterEach(() => rm(home, { recursive: true }));

const envOf = (more: Record<string, string> = {}) => ({ XDG_CONFIG_HOME: home, HOME: home, ...more });

async function addContexts(): Promise<void> {
  const env = envOf();
  await run(['context', 'add', 'prod', '--server', 'https://prod.example/', '--key-stdin', '-n', 'vision'], {
    env,
    stdin: 'prod-key\n',
  });
  await writeFile(join(home, 'dev.key'), 'dev-key\n');
  await run(
    ['context', 'add', 'dev', '--server', 'http://dev.example', '--key-file', join(home, 'dev.key')],
    { env },
  );
}

interface Case {
  readonly name: string;
  readonly flags?: GlobalFlags;
  readonly env?: Record<string, string>;
  readonly want: readonly [server: string, key: string | undefined, project: string];
}

const DEV = 'http://dev.example';
const PROD = 'https://prod.example';

describe('server, key and project', () => {
  test.each<Case>([
    { name: 'come from the current context', want: [PROD, 'prod-key', 'vision'] },
    {
      name: 'come from the context of the flag',
      flags: { context: 'dev' },
      want: [DEV, 'dev-key', 'default'],
    },
    {
      name: 'come from the environment before the context',
      env: { CAPSTAN_SERVER: DEV, CAPSTAN_KEY: 'k', CAPSTAN_PROJECT: 'ocr' },
      want: [DEV, 'k', 'ocr'],
    },
    {
      name: "come from the flag's context before the environment",
      flags: { context: 'prod' },
      env: { CAPSTAN_SERVER: DEV, CAPSTAN_KEY: 'k', CAPSTAN_PROJECT: 'ocr' },
      want: [PROD, 'prod-key', 'vision'],
    },
    {
      name: 'of a context do not go to the server of the environment',
      env: { CAPSTAN_SERVER: DEV },
      want: [DEV, undefined, 'default'],
    },
    {
      name: 'of a context do not go to the server of a flag',
      flags: { server: DEV },
      want: [DEV, undefined, 'default'],
    },
    {
      name: 'of a named context do not go to the server of a flag',
      flags: { server: DEV, context: 'prod' },
      want: [DEV, undefined, 'vision'],
    },
    {
      name: 'of a context go to its own server',
      flags: { server: `${PROD}/` },
      want: [PROD, 'prod-key', 'vision'],
    },
    { name: 'may have the project of a flag', flags: { project: 'x' }, want: [PROD, 'prod-key', 'x'] },
  ])('$name', async ({ flags = {}, env = {}, want }) => {
    await addContexts();
    const { server, key, project } = await resolveSettings(flags, envOf(env));
    expect([server, key, project]).toEqual(want);
  });

  test('are asked for when nothing says them', async () => {
    await expect(resolveSettings({}, envOf())).rejects.toThrow('no server is set');
  });

  test('need no context file when the environment says all, even where that file is broken', async () => {
    await addContexts();
    await writeFile(join(home, 'capstan', 'config.yaml'), 'contexts: [');
    const env = envOf({ CAPSTAN_SERVER: DEV, CAPSTAN_KEY: 'k' });
    expect(await resolveSettings({}, env)).toMatchObject({ server: DEV, key: 'k' });
    await expect(resolveSettings({}, envOf())).rejects.toThrow('is not YAML');
  });

  test.each<{ name: string; env: Record<string, string>; says: string }>([
    { name: 'an address that is none', env: { CAPSTAN_SERVER: 'prod' }, says: '"prod" is no server address' },
    { name: 'another scheme', env: { CAPSTAN_SERVER: 'file:///etc/passwd' }, says: 'is no server address' },
    {
      name: 'credentials in the address',
      env: { CAPSTAN_SERVER: 'http://a:hush@x' },
      says: 'carries credentials',
    },
    {
      name: 'a key of two lines',
      env: { CAPSTAN_SERVER: DEV, CAPSTAN_KEY: 'hush\nhush' },
      says: 'CAPSTAN_KEY holds',
    },
    { name: 'an empty key', env: { CAPSTAN_SERVER: DEV, CAPSTAN_KEY: ' ' }, says: 'CAPSTAN_KEY is empty' },
    {
      name: 'a key file that is not there',
      env: { CAPSTAN_SERVER: DEV, CAPSTAN_KEY_FILE: '/nowhere' },
      says: 'cannot read the key file /nowhere: ENOENT',
    },
  ])('refuse $name, and do not repeat what is secret', async ({ env, says }) => {
    const { code, stderr } = await run(['get', 'jobs'], { env: envOf(env) });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('hush');
  });
});

describe('the file of contexts', () => {
  test('is readable by its owner only', async () => {
    await addContexts();
    expect((await stat(join(home, 'capstan', 'config.yaml'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'capstan'))).mode & 0o777).toBe(0o700);
  });

  test('is listed and shown without its keys', async () => {
    await addContexts();
    const list = await run(['context', 'list'], { env: envOf() });
    expect(list.stdout).toBe(
      `CURRENT   NAME   SERVER                 PROJECT
*         prod   https://prod.example   vision
          dev    http://dev.example     -
`,
    );
    for (const format of ['json', 'yaml']) {
      const shown = await run(['context', 'show', 'prod', '-o', format], { env: envOf() });
      expect(shown.stdout).toContain('prod.example');
      expect(shown.stdout).not.toContain('prod-key');
    }
    expect((await run(['context', 'show'], { env: envOf() })).stdout).not.toContain('prod-key');
  });

  test('changes by use and remove', async () => {
    await addContexts();
    await run(['context', 'use', 'dev'], { env: envOf() });
    expect((await readContexts(envOf())).current).toBe('dev');
    await run(['context', 'remove', 'dev'], { env: envOf() });
    expect(await readContexts(envOf())).toMatchObject({ contexts: [{ name: 'prod' }] });
    expect((await readContexts(envOf())).current).toBeUndefined();
  });

  test.each([
    { argv: ['use', 'nowhere'], says: 'there is no context nowhere' },
    { argv: ['remove', 'nowhere'], says: 'there is no context nowhere' },
    { argv: ['add', 'x'], says: '--server is missing' },
    { argv: ['add', 'x', '--server', DEV, '--key', 'k'], says: "unknown option '--key'" },
  ])('refuses $argv', async ({ argv, says }) => {
    const { code, stderr } = await run(['context', ...argv], { env: envOf() });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
