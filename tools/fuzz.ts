/**
 * `npm run test:fuzz`: schemathesis against a running server with docs/openapi.json. Fails on an answer
 * of 5xx and on one that breaks the document. The server has no agent, so that nothing it is sent is
 * ever run. Arguments go to schemathesis (`npm run test:fuzz -- --max-examples 200`).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ownDatabase } from '../test/product/own-database.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Kept between runs: installing takes half a minute. */
const VENV = join(tmpdir(), 'capstan-schemathesis');
const RELEASE = 'schemathesis==4.32.5';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
  'ignored_auth',
];
const EXAMPLES = '30';
/** These may end the key that the fuzzer itself uses: it finds it in the list. They come last. */
const ENDS_KEYS = ['key.revoke', 'key.rotate'];
/** Of each of the two runs, seconds. */
const LONGEST = 420;

const program = installed();
process.exitCode = program === undefined ? 0 : await fuzz(program);

/** Undefined, with the reason printed, where Python or the package cannot be had. */
function installed(): string | undefined {
  const found = join(VENV, 'bin', 'schemathesis');
  if (existsSync(found)) return found;
  const steps = [
    ['python3', '-m', 'venv', VENV],
    [join(VENV, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', RELEASE],
  ] as const;
  for (const [command, ...args] of steps) {
    const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status === 0) continue;
    console.log(`skipped: ${command} ${args.join(' ')} failed (${error?.message ?? `exit code ${status}`})`);
    rmSync(VENV, { recursive: true, force: true });
    return undefined;
  }
  return found;
}

async function fuzz(schemathesis: string): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-fuzz-'));
  await using database = await ownDatabase();
  const server = spawn(
    process.execPath,
    [
      join(root, 'bin/capstan.js'),
      'server',
      '--data',
      join(dir, 'data'),
      '--port',
      '0',
      '--log-level',
      'warn',
    ],
    {
      env: { PATH: process.env.PATH, HOME: dir, CAPSTAN_DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const { address, keyFile } = await ready(server);
    const target = { dir, address, key: readFileSync(keyFile, 'utf8').trim() };
    const most = await run(schemathesis, target, [...streams(), ...ENDS_KEYS].flatMap(without));
    const last = await run(schemathesis, target, ENDS_KEYS.flatMap(only));
    return Math.max(most, last);
  } finally {
    if (server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(dir, { recursive: true, force: true });
  }
}

async function ready(server: ChildProcess): Promise<{ address: string; keyFile: string }> {
  const lines = createInterface(server.stdout!);
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return JSON.parse(line);
}

interface Target {
  readonly dir: string;
  readonly address: string;
  readonly key: string;
}

function without(operation: string): string[] {
  return ['--exclude-operation-id', operation];
}

function only(operation: string): string[] {
  return ['--include-operation-id', operation];
}

async function run(
  schemathesis: string,
  { dir, address, key }: Target,
  which: readonly string[],
): Promise<number> {
  const work = join(dir, 'work');
  mkdirSync(work, { recursive: true });
  // The key comes by the environment: a command line is seen by every user.
  writeFileSync(join(work, 'schemathesis.toml'), `headers = { Authorization = "Bearer \${FUZZ_KEY}" }\n`);
  const args = [
    'run',
    join(root, 'docs/openapi.json'),
    ...['--url', address, '--checks', CHECKS.join(','), '--max-examples', EXAMPLES],
    ...['--phases', 'examples,coverage,fuzzing', '--request-timeout', '20', '--no-color'],
    '--continue-on-failure',
    ...which,
    ...process.argv.slice(2),
  ];
  const child = spawn(schemathesis, args, {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: dir, FUZZ_KEY: key },
    stdio: 'inherit',
    timeout: LONGEST * 1000,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === null) console.error(`not done within ${LONGEST} s`);
  return code ?? 1;
}

/** They do not end by themselves; test/product covers them. */
function streams(): string[] {
  const { paths } = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
    paths: Record<
      string,
      Record<string, { operationId: string; responses: Record<string, { content?: object }> }>
    >;
  };
  return Object.values(paths)
    .flatMap((path) => Object.values(path))
    .filter(({ responses }) => 'text/event-stream' in (responses['200']?.content ?? {}))
    .map(({ operationId }) => operationId);
}
