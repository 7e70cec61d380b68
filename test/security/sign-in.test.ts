/** Signing in at a real OpenID provider: people by the device flow of the CLI, CI systems by their own tokens. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/testing/run.ts';
import { NOTICED_WITHIN, withHouse, within } from './house.ts';
import { CLIENT, type Issuer, signInAt, startIssuer } from './issuer.ts';

let issuer: Issuer;
const house = withHouse(async () => {
  issuer = await startIssuer();
  return { oidc: { issuer: issuer.url, clientId: CLIENT }, workload: { issuers: [['ci', issuer.url]] } };
});
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'capstan-home-'));
  issuer.people.set('ada', { email: 'Ada@example.org', email_verified: true, groups: ['ocr', 'all'] });
  issuer.people.set('eve', { email: 'ada@example.org', email_verified: false, groups: [] });
});
afterAll(async () => {
  await issuer.close();
  rmSync(home, { recursive: true, force: true });
});

interface SignedIn {
  readonly token: string;
  readonly id: string;
  readonly session: string;
  readonly refresh: string;
}

const open = { as: '' };

async function deviceIdToken(login: string): Promise<string> {
  const post = async (path: string, form: Record<string, string>) =>
    (await (
      await fetch(`${issuer.url}${path}`, { method: 'POST', body: new URLSearchParams(form) })
    ).json()) as Record<string, string>;
  const started = await post('/device/auth', { client_id: CLIENT, scope: 'openid email groups' });
  await signInAt(started.verification_uri_complete ?? '', login);
  const answer = await post('/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: started.device_code ?? '',
    client_id: CLIENT,
  });
  if (!answer.id_token) throw new Error(`no ID token: ${JSON.stringify(answer)}`);
  return answer.id_token;
}

async function signIn(login: string): Promise<SignedIn> {
  const { status, body } = await house().ask<SignedIn>('POST', '/auth/oidc', {
    ...open,
    body: { idToken: await deviceIdToken(login) },
  });
  if (status !== 200) throw new Error(`not signed in: ${JSON.stringify(body)}`);
  return body;
}

const exchange = (token: string) =>
  house().ask<SignedIn>('POST', '/auth/exchange', { ...open, body: { token } });

describe('a person', () => {
  test('signs in by the device flow of the CLI, holds what their groups are bound to, and signs out', async () => {
    const env = { HOME: home, XDG_CONFIG_HOME: home };
    const cli = (...argv: string[]) => run(argv, { env });
    let opened: Promise<string> | undefined;
    const watch = (text: string) => {
      const page = /Open (\S+) /.exec(text)?.[1];
      if (page) opened ??= signInAt(page, 'ada');
    };
    const login = await run(['login', '--server', house().address], {
      env,
      onStderr: watch,
      pause: async () => void (await opened),
    });
    expect([login.stderr, login.code]).toEqual([expect.stringContaining('compare the code'), 0]);
    expect(login.stdout).toContain('signed in as user/ada@example.org');
    const file = join(home, 'capstan', 'config.yaml');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await cli('get', 'jobs')).code).toBe(3);
    await house().ask('PUT', '/rolebindings/ocr', { body: { subject: 'group:ocr', role: 'viewer' } });
    await within(
      NOTICED_WITHIN,
      'the binding to be noticed',
      async () => (await cli('get', 'jobs')).code === 0,
    );
    expect((await cli('whoami')).stdout).toMatch(/user\/ada@example\.org\ngroups: all, ocr\n/);
    expect((await cli('session', 'list')).stdout).toMatch(/\* .*user:ada@example\.org +oidc/);
    const secrets = readFileSync(file, 'utf8').match(/cas_\S+|eyJ\S+/g) ?? [];
    expect(secrets).toHaveLength(2);
    expect((await cli('context', 'show')).stdout).not.toContain(secrets[0]);
    const { code, stdout } = await cli('logout');
    expect([code, stdout]).toEqual([0, expect.stringContaining('signed out')]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/cas_|eyJ/);
    const token = secrets.find((secret) => secret.startsWith('eyJ'));
    await within(
      NOTICED_WITHIN,
      'the token to be refused',
      async () => (await house().ask('GET', '/auth/whoami', { as: token })).status === 401,
    );
  });

  test('whose address was not verified is not who has that address', async () => {
    expect((await signIn('eve')).id).toBe('user/eve');
    expect((await signIn('ada')).id).toBe('user/ada@example.org');
  });

  test('is in the audit under their own name, and nothing of the token is', async () => {
    const { token, refresh, session } = await signIn('ada');
    let told = '';
    await within(5000, 'the sign-in to be listed', async () => {
      told = JSON.stringify((await house().ask('GET', '/audit/records?limit=1000')).body);
      return told.includes(session);
    });
    expect(told).toMatch(
      /"principal":"user\/ada@example.org"[^}]*"operation":"auth.oidc"|"operation":"auth.oidc"[^}]*"principal":"user\/ada@example.org"/,
    );
    expect(told).not.toContain(token);
    expect(told).not.toContain(refresh);
  });

  test('holds nothing before somebody binds a role to them, and may still ask who they are', async () => {
    const { token } = await signIn('newcomer');
    expect((await house().ask('GET', '/auth/whoami', { as: token })).status).toBe(200);
    expect((await house().ask('GET', '/jobs', { as: token })).status).toBe(403);
  });

  test('loses what a binding gave within seconds of its end, and what is open under it ends', async () => {
    await house().ask('PUT', '/rolebindings/eve', { body: { subject: 'user:eve', role: 'viewer' } });
    const { token } = await signIn('eve');
    expect((await house().ask('GET', '/jobs', { as: token })).status).toBe(200);
    const stream = await fetch(`${house().address}/api/v1/events/follow`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await house().ask('DELETE', '/rolebindings/eve');
    await within(
      NOTICED_WITHIN,
      'the loss to be noticed',
      async () => (await house().ask('GET', '/jobs', { as: token })).status === 403,
    );
    expect(await stream.text()).toContain('auth.invalid');
  });
});

describe('a session', () => {
  const refresh = (secret: string) =>
    house().ask<SignedIn>('POST', '/auth/refresh', { ...open, body: { refresh: secret } });

  test('is prolonged by a secret that changes each time; a lost answer may be asked for again', async () => {
    const first = await signIn('ada');
    const second = await refresh(first.refresh);
    expect(second.body.refresh).not.toBe(first.refresh);
    expect((await house().ask('GET', '/auth/whoami', { as: second.body.token })).status).toBe(200);
    expect((await refresh(first.refresh)).status).toBe(200);
    expect((await refresh(`cas_${'0'.repeat(12)}_${'A'.repeat(43)}`)).status).toBe(401);
    expect((await refresh('nonsense')).status).toBe(400);
  });

  test('ends when a secret comes again after its time: somebody copied it', async () => {
    const { refresh: copied, session, token } = await signIn('ada');
    const { sessions, mint } = house().ports;
    const change = { from: mint.prefixOf('cas', copied) ?? '', to: mint.make('cas'), now: Date.now() };
    expect(await sessions.refresh(session, { ...change, oldUntil: Date.now() - 1 })).toBeDefined();
    expect((await refresh(copied)).status).toBe(401);
    expect((await sessions.get(session))?.endedAt).toBeDefined();
    await within(
      NOTICED_WITHIN,
      'its token to be refused',
      async () => (await house().ask('GET', '/auth/whoami', { as: token })).status === 401,
    );
  });

  test('of a context is prolonged by itself, once for all who need it at a time', async () => {
    const signedIn = await signIn('ada');
    const config = mkdtempSync(join(home, 'old-'));
    const file = join(config, 'capstan', 'config.yaml');
    const old = { token: signedIn.token, endsAt: new Date(0).toISOString(), refresh: signedIn.refresh };
    const context = { name: 'here', server: house().address, session: old };
    mkdirSync(dirname(file));
    writeFileSync(file, JSON.stringify({ current: 'here', contexts: [context] }));
    const env = { HOME: home, XDG_CONFIG_HOME: config };
    const ran = await Promise.all([1, 2, 3].map(() => run(['whoami'], { env })));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
    const kept = readFileSync(file, 'utf8');
    expect(kept).not.toContain(signedIn.refresh);
    expect((await run(['whoami'], { env })).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(kept);
    await house().ask('POST', `/sessions/${signedIn.session}/end`, { body: {} });
    writeFileSync(file, kept.replace(/endsAt: .*/, `endsAt: ${new Date(0).toISOString()}`));
    const after = await run(['whoami'], { env });
    expect([after.code, after.stderr]).toEqual([2, expect.stringContaining('Sign in again')]);
  });

  test('ends when its owner says so, or who may end those of others; nobody else sees it', async () => {
    const mine = await signIn('ada');
    const stranger = await signIn('eve');
    const end = (as: string | undefined) =>
      house().ask('POST', `/sessions/${mine.session}/end`, { ...(as ? { as } : {}), body: {} });
    expect((await end(stranger.token)).status).toBe(404);
    expect((await house().ask('GET', '/sessions?all=true', { as: stranger.token })).status).toBe(403);
    expect(
      JSON.stringify((await house().ask('GET', '/sessions', { as: stranger.token })).body),
    ).not.toContain(mine.session);
    expect(JSON.stringify((await house().ask('GET', '/sessions?all=true')).body)).toContain(mine.session);
    expect((await end(undefined)).body).toEqual({ ended: true });
    await within(
      NOTICED_WITHIN,
      'its token to be refused',
      async () => (await house().ask('GET', '/auth/whoami', { as: mine.token })).status === 401,
    );
    expect((await refresh(mine.refresh)).status).toBe(401);
  });

  test('token can not be exchanged for one of a key', async () => {
    const { token } = await signIn('ada');
    expect((await house().ask('POST', '/auth/token', { as: token, body: {} })).status).toBe(403);
  });
});

describe('an ID token', () => {
  const present = (idToken: string) => house().ask('POST', '/auth/oidc', { ...open, body: { idToken } });
  const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

  test('as the issuer signs it is taken', async () => {
    expect((await present(await issuer.sign({ sub: 'x', aud: CLIENT }))).status).toBe(200);
  });

  test.each([
    { what: 'for another client', claims: { sub: 'x', aud: 'other' } },
    { what: 'for two, not saying for whom', claims: { sub: 'x', aud: [CLIENT, 'other'] } },
    { what: 'made for another party', claims: { sub: 'x', aud: [CLIENT, 'other'], azp: 'other' } },
    { what: 'of another issuer', claims: { sub: 'x', aud: CLIENT, iss: 'https://evil.example' } },
    { what: 'without a subject', claims: { aud: CLIENT } },
    { what: 'with a subject that no binding could name', claims: { aud: CLIENT, sub: 'a b' } },
    { what: 'of an unknown key', claims: { sub: 'x', aud: CLIENT }, header: { kid: 'other' } },
  ])('$what is refused with 401', async ({ claims, header }) => {
    expect((await present(await issuer.sign(claims, header))).status).toBe(401);
  });

  test('that is old, unsigned or symmetric is refused with 401', async () => {
    const { SignJWT, UnsecuredJWT } = await import('jose');
    const claims = { sub: 'x', aud: CLIENT, iss: issuer.url, iat: seconds(0), exp: seconds(300) };
    const symmetric = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'issuer-1' });
    expect((await present(await symmetric.sign(Buffer.alloc(32)))).status).toBe(401);
    expect((await present(`${new UnsecuredJWT(claims).encode()}AA`)).status).toBe(401);
    const [header = '', , signature = ''] = (await issuer.sign({ sub: 'x', aud: CLIENT })).split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
    expect((await present(`${header}.${changed}.${signature}`)).status).toBe(401);
  });
});

describe('a CI job', () => {
  test('exchanges its own token for ten minutes as a service that roles are bound to', async () => {
    const sub = 'repo:acme/vision:ref:refs/heads/main';
    await house().ask('PUT', '/rolebindings/acme', {
      body: { subject: `service:ci:${sub}`, role: 'submitter', projects: ['default'] },
    });
    const { status, body } = await exchange(await issuer.sign({ sub, aud: 'capstan' }));
    expect([status, body.id, body.refresh]).toEqual([200, `service/ci:${sub}`, undefined]);
    const submitted = await house().ask('POST', '/jobs', {
      as: body.token,
      body: { spec: { command: ['true'] } },
    });
    expect(submitted.status).toBe(201);
    expect(JSON.stringify(submitted.body)).toContain(`"submittedBy":"service/ci:${sub}"`);
    expect((await house().ask('GET', '/keys', { as: body.token })).status).toBe(403);
    const other = await exchange(await issuer.sign({ sub: 'repo:acme/vision:pull_request', aud: 'capstan' }));
    expect((await house().ask('GET', '/jobs', { as: other.body.token })).status).toBe(403);
  });

  test.each([
    { what: 'for another audience', claims: { sub: 'x', aud: 'sts.example' } },
    {
      what: 'of an issuer that is not trusted',
      claims: { sub: 'x', aud: 'capstan', iss: 'https://evil.example' },
    },
  ])('with a token $what is refused', async ({ claims }) => {
    expect((await exchange(await issuer.sign(claims))).status).toBe(401);
  });
});
