/** The command line itself: wrong use, help, and that every verb explains itself. */
import { describe, expect, test } from 'vitest';
import { createProgram } from './program.ts';
import { NOON, run, UNUSED } from './testing/run.ts';

describe('wrong use exits with 2 and says what to do', () => {
  test.each([
    { argv: ['gte', 'jobs'], says: 'Did you mean get?' },
    { argv: ['get', 'jobs', '--al-projects'], says: 'Did you mean --all-projects?' },
    { argv: ['get'], says: "missing required argument 'kind'" },
    { argv: ['get', 'jbos'], says: 'did you mean jobs?' },
    { argv: ['get', 'jobs', '-o', 'xml'], says: 'Allowed choices are table, wide, json, yaml, name' },
    { argv: ['get', 'queues', '--state', 'running'], says: '--state is not for queues' },
    { argv: ['get', 'queues', '-w'], says: 'queues cannot be watched' },
    { argv: ['get', 'jobs', '--limit', 'many'], says: 'It must be a whole number' },
    { argv: ['get', 'job/'], says: 'names nothing' },
    { argv: ['submit'], says: '--file <file>' },
    { argv: ['submit', '-f', 'nowhere.yaml'], says: 'cannot read nowhere.yaml: there is no such file' },
    { argv: ['run'], says: "missing required argument 'command'" },
    { argv: ['run', '--wait', '--detach', '--', 'true'], says: '--detach contradicts' },
    { argv: ['run', '--env', 'SEED', '--', 'true'], says: 'Write it as NAME=VALUE' },
    { argv: ['cancel'], says: 'no job is named' },
    { argv: ['cancel', 'a', '-l', 'b'], says: 'not both' },
    { argv: ['cancel', 'queue/a'], says: 'queue/a is no job' },
    { argv: ['update', 'a'], says: 'nothing to change is given' },
    { argv: ['update', 'a', '--label', 'x'], says: 'KEY- to remove it' },
    { argv: ['describe', 'node', 'a'], says: 'nodes cannot be described' },
    { argv: ['completion', 'powershell'], says: 'Allowed choices are bash, zsh, fish' },
    { argv: ['up', '--port', '70000'], says: 'It must be a port' },
    { argv: ['up', '--jobs-user', '0'], says: 'It must be UID or UID:GID' },
  ])('capstan $argv', async ({ argv, says }) => {
    const { code, stderr } = await run(argv, {
      env: { CAPSTAN_SERVER: 'http://127.0.0.1:9', CAPSTAN_KEY: 'k' },
    });
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });
});

describe('help', () => {
  test('without a verb is printed and is no error', async () => {
    const { code, stdout } = await run([]);
    expect(code).toBe(0);
    expect(stdout).toContain('Exit codes:');
    expect(stdout).not.toContain('__complete');
  });

  const program = createProgram({
    local: UNUSED,
    io: { now: () => NOON } as Parameters<typeof createProgram>[0]['io'],
    env: {},
    version: '1.2.3',
  });
  const verbs = program.commands
    .map((verb) => verb.name())
    .filter((name) => !name.startsWith('_') && name !== 'help');

  test.each(verbs)('of %s has a description and examples', async (verb) => {
    const { code, stdout } = await run([verb, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: capstan/);
    if (verb !== 'help') expect(stdout).toContain('Examples:');
  });

  test('of every verb stands in docs/cli.md', async () => {
    const { readFile } = await import('node:fs/promises');
    const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const missing = program.commands
      .filter((verb) => verbs.includes(verb.name()))
      .flatMap((verb) => [
        `### ${verb.name()}`,
        ...verb.options.flatMap(({ long }) => (long ? [`\`${verb.name()} ${long}\``] : [])),
      ])
      .filter((wanted) => {
        const [, name, flag] = /^`(\S+) (\S+)`$/.exec(wanted) ?? [];
        if (name === undefined) return !docs.includes(wanted);
        const section = docs.split(`### ${name}\n`)[1]?.split('\n### ')[0] ?? '';
        return !section.includes(`${flag}`);
      });
    expect(missing).toEqual([]);
  });
});

test('the version needs no server', async () => {
  expect(await run(['version', '--client'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('client  1.2.3'),
  });
  const json = await run(['version', '--client', '-o', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ client: { version: '1.2.3' } });
});

describe('the local verbs get what was asked for', () => {
  test('up', async () => {
    const given: unknown[] = [];
    const up = async (options: unknown) => {
      given.push(options);
      return 0;
    };
    await run(['up'], { local: { up } });
    await run(
      ['up', '--data', 'state', '--port', '0', '--jobs-user', '1000:100', '--nodes', 'n.yaml', '-o', 'json'],
      {
        local: { up },
      },
    );
    expect(given).toEqual([
      { flags: {}, output: undefined, jobsUser: undefined, nodes: undefined },
      {
        flags: { data: 'state', port: 0 },
        output: 'json',
        jobsUser: { uid: 1000, gid: 100 },
        nodes: 'n.yaml',
      },
    ]);
  });

  test('server, and their exit code and errors are passed on', async () => {
    const server = async () => {
      throw Object.assign(new Error('the database is not there'), { next: 'Start it.' });
    };
    const { code, stderr } = await run(['server', '--behind-tls-proxy'], { local: { server } });
    expect(stderr).toBe('error: the database is not there\nnext: Start it.\n');
    expect(code).toBe(4);
    expect(await run(['up'], { local: { up: async () => 7 } })).toMatchObject({ code: 7 });
  });
});
