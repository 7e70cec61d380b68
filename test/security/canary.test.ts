/**
 * S17: a secret in every secret input reaches no log, error, trace, metric, event, audit record or
 * process list. The job's own spec is where its environment belongs, and is not searched.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDataHome } from '../../src/adapters/data-home/find-data-home.ts';
import { findRunningPostgres } from '../../src/adapters/embedded-postgres/find-running.ts';
import { selfSigned } from '../../src/serve/http/testing/self-signed.ts';
import { until } from '../product/product.ts';
import { CONFIDENTIAL, CONSOLE, consentAt, type Issuer, startIssuer } from './issuer.ts';
import { type Ended, Running, run, Scratch } from './running.ts';

/** Long enough that chance does not make it, and unlike each other. */
const canary = (of: string) => `canary-${of}-7f3a9c51e2d84b06`;

const scratch = new Scratch();
const secrets = new Map<string, string>();
const traces: string[] = [];
const collector = createServer(async (request, response) => {
  traces.push(await text(request));
  response.end('{}');
});
let running: Running;
let issuer: Issuer;
let agent: Agent;
/** Everything that came out of the product, by where. */
const seen = new Map<string, string>();

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { cert, key } = selfSigned();
  writeFileSync(scratch.path('tls.crt'), cert);
  writeFileSync(scratch.path('tls.key'), key, { mode: 0o600 });
  // It knows another secret, so that ours is refused, and every error on the way is ours to tell.
  issuer = await startIssuer();
  writeFileSync(scratch.path('client.secret'), canary('client-secret'), { mode: 0o600 });
  const config = [
    'logLevel: debug',
    `jwtSecret: ${canary('jwt-secret')}-of-32-bytes`,
    `oidc: {issuer: '${issuer.url}', clientId: ${CONFIDENTIAL}, clientSecretFile: client.secret, redirectUris: '${CONSOLE}'}`,
  ];
  writeFileSync(scratch.path('capstan.yaml'), config.join('\n'), { mode: 0o600 });
  mkdirSync(scratch.path('config'));
  running = await Running.up(scratch.dir, {
    args: [
      '--config',
      'capstan.yaml',
      '--tls-cert',
      'tls.crt',
      '--tls-key',
      'tls.key',
      '--log-level',
      'debug',
    ],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  agent = new Agent({ connect: { ca: cert } });
  secrets.set('the value of a job environment', canary('env'));
  secrets.set('an argument of a refused job', canary('argument'));
  secrets.set('an Authorization header', canary('header'));
  secrets.set('a key in the URL', canary('url'));
  secrets.set('a password in the URL of the database', canary('database-url'));
  secrets.set('the signing secret in the configuration', canary('jwt-secret'));
  secrets.set('the secret of the OpenID client', canary('client-secret'));
  // `cap_<prefix>_<secret>`: the secret may hold underscores of its own.
  secrets.set('the API key', running.key.split('_').slice(2).join('_'));
  secrets.set('the key of TLS', key.split('\n')[1] ?? '');
  secrets.set('the password of the embedded database', await databasePassword());
  await exercise();
}, 120_000);

afterAll(async () => {
  await agent?.close();
  // Not there when it could not start.
  await running?.stop();
  await issuer?.close();
  collector.close();
  scratch[Symbol.dispose]();
});

async function databasePassword(): Promise<string> {
  const home = await findDataHome(running.data);
  const config = home && (await findRunningPostgres(home.postgresDir));
  if (!config) throw new Error('the database does not run');
  return config.password;
}

async function ask(
  path: string,
  init: { method?: string; body?: unknown; key?: string } = {},
): Promise<string> {
  const { method = 'GET', body, key = running.key } = init;
  const response = await fetch(`${running.address}${path}`, {
    dispatcher: agent,
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.text();
}

function keep(where: string, what: string | Ended): void {
  const said = typeof what === 'string' ? what : `${what.stdout}${what.stderr}`;
  seen.set(where, (seen.get(where) ?? '') + said);
}

/** Every way in for a secret, the wrong ones too. */
async function exercise(): Promise<void> {
  const env = { TOKEN: canary('env') };
  const submit = (name: string, spec: object) =>
    ask('/api/v1/jobs', { method: 'POST', body: { name, spec } });
  await submit('holds', { command: ['sleep', '300'], env });
  await submit('fails', { command: ['/bin/false'], env });
  await submit('lost', { command: ['/no/such/program'], env });
  keep(
    'a refused job',
    await submit('bad', { command: ['a', canary('argument')], env: { TOKEN: [canary('env')] } }),
  );
  keep(
    'a refused job',
    await submit('bad', { comand: canary('argument'), environment: { TOKEN: canary('env') } }),
  );
  keep('a taken name', await submit('holds', { command: ['sleep', '1'], env }));
  keep('a wrong key', await ask('/api/v1/jobs', { key: canary('header') }));
  keep('a key in the URL', await ask(`/api/v1/jobs?token=${canary('url')}`));
  keep('an unknown route', await ask(`/api/v1/nothing?secret=${canary('url')}`));
  await signInOfConsole();
  await until('the jobs have run', async () => {
    const { items } = JSON.parse(await ask('/api/v1/jobs')) as { items: { status: { state: string } }[] };
    return items.length === 3 && items.every(({ status }) => ['running', 'failed'].includes(status.state));
  });
  keep('the command line of processes', commandLines());
  await commandLine();
  keep('events', await ask('/api/v1/events?limit=1000'));
  keep('metrics', await ask('/metrics'));
  keep('audit', await ask('/api/v1/audit/records?limit=100'));
  await until('traces have arrived', () => traces.length > 0);
  keep('the log', running.log);
  keep('standard error', running.stderr);
  await ask('/api/v1/jobs/default/holds/cancel', { method: 'POST', body: {} });
  await until('the job is gone', async () =>
    (await ask('/api/v1/jobs/default/holds')).includes('"cancelled"'),
  );
  keep('traces', traces.join('\n'));
}

/** A sign-in that fails late: the issuer does not take our secret. */
async function signInOfConsole(): Promise<void> {
  const post = (path: string, body: object, cookie = '') =>
    fetch(`${running.address}/api/v1/console/${path}`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    });
  const begun = await post('begin', { redirectUri: CONSOLE });
  const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { url } = (await begun.json()) as { url: string };
  const back = Object.fromEntries(await consentAt(url, 'ada'));
  secrets.set('the code of a sign-in', back.code ?? '');
  secrets.set('the sealed state of a sign-in', cookie.split('=')[1] ?? '');
  const completed = await (await post('complete', back, cookie)).text();
  if (!completed.includes('auth.issuer_unavailable')) throw new Error(`it was not refused: ${completed}`);
  keep('a sign-in that is refused', completed);
  const env = { CAPSTAN_OIDC_CLIENT_SECRET: canary('client-secret') };
  keep('config show with the client', await run(scratch.dir, { args: ['config', 'show'], env }));
  const both = { ...env, CAPSTAN_OIDC_CLIENT_SECRET_FILE: 'client.secret' };
  keep('config check with both', await run(scratch.dir, { args: ['config', 'check'], env: both }));
}

/** The verbs that read secrets themselves, also where they cannot start. */
async function commandLine(): Promise<void> {
  const url = (query: string) => `postgres://capstan:${canary('database-url')}@127.0.0.1:1/capstan${query}`;
  const server = (args: string[], env: Record<string, string>) =>
    run(scratch.dir, { args: ['server', '--data', scratch.path('other'), '--port', '0', ...args], env });
  keep('a database that is away', await server([], { CAPSTAN_DATABASE_URL: url('') }));
  keep(
    'a URL that is none',
    await server([], { CAPSTAN_DATABASE_URL: `postgres://u:${canary('database-url')}@[bad` }),
  );
  const far = url('').replace('127.0.0.1', '192.0.2.1');
  keep('a database off loopback', await server([], { CAPSTAN_DATABASE_URL: far }));
  writeFileSync(scratch.path('broken.yaml'), `jwtSecret: [${canary('jwt-secret')}\nport: {`);
  keep('a broken file', await server(['--config', 'broken.yaml'], {}));
  writeFileSync(
    scratch.path('wrong.yaml'),
    `jwtSecrets: ${canary('jwt-secret')}\ndatabaseUrl: [${canary('database-url')}]`,
  );
  keep('a wrong file', await server(['--config', 'wrong.yaml'], {}));
  const args = ['config', 'show', '--config', 'capstan.yaml'];
  keep('config show', await run(scratch.dir, { args, env: { CAPSTAN_DATABASE_URL: url('') } }));
  const crossed = ['--tls-cert', 'tls.key', '--tls-key', 'tls.key', '--host', '0.0.0.0'];
  keep('a key in place of a certificate', await server(crossed, { CAPSTAN_DATABASE_URL: url('') }));
  const wrongKey = { CAPSTAN_KEY: canary('header'), CAPSTAN_SERVER: running.address, CAPSTAN_DEBUG: '1' };
  const trust = { NODE_EXTRA_CA_CERTS: scratch.path('tls.crt') };
  keep(
    'a wrong key of the command line',
    await run(scratch.dir, { args: ['get', 'jobs'], env: { ...wrongKey, ...trust } }),
  );
}

/** Of every process there is. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

describe('S17: the product', () => {
  test('was really asked, and really said something', () => {
    const empty = [...seen].filter(([, said]) => said === '').map(([where]) => where);
    expect(empty.filter((where) => where !== 'standard error')).toEqual([]);
    expect(seen.get('audit')).toContain('job.submit');
    expect(seen.get('the command line of processes')).toContain('sleep');
    expect([...secrets.values()].filter((secret) => secret.length < 20)).toEqual([]);
  });

  test.each([
    'the value of a job environment',
    'an argument of a refused job',
    'an Authorization header',
    'a key in the URL',
    'a password in the URL of the database',
    'the signing secret in the configuration',
    'the secret of the OpenID client',
    'the code of a sign-in',
    'the sealed state of a sign-in',
    'the API key',
    'the key of TLS',
    'the password of the embedded database',
  ])('lets %s out nowhere', (name) => {
    const secret = secrets.get(name) ?? '';
    const where = [...seen].filter(([, said]) => said.includes(secret)).map(([place]) => place);
    expect(where).toEqual([]);
  });
});
