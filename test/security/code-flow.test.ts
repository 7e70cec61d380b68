/** Signing in by authorization code with PKCE at a real OpenID provider: the console by cookies, the CLI by loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSealer } from '../../src/adapters/tokens/sealer.ts';
import { run } from '../../src/cli/testing/run.ts';
import { type House, NOTICED_WITHIN, PEPPER, withHouse, within } from './house.ts';
import { CLIENT, CONFIDENTIAL, CONSOLE, consentAt, type Issuer, signInAt, startIssuer } from './issuer.ts';

const SECRET = 'a secret of the client, with : and / and +';

let issuer: Issuer;
const redirectUris = [CONSOLE];
const house = withHouse(async () => {
  issuer = await startIssuer(SECRET);
  return { oidc: { issuer: issuer.url, clientId: CLIENT, redirectUris } };
});
const confidential = withHouse(() => ({
  oidc: { issuer: issuer.url, clientId: CONFIDENTIAL, clientSecret: SECRET, redirectUris },
}));
const impostor = withHouse(() => ({
  oidc: { issuer: issuer.url, clientId: CONFIDENTIAL, clientSecret: 'another', redirectUris },
}));

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'capstan-home-'));
  issuer.people.set('ada', { email: 'ada@example.org', email_verified: true, groups: ['ocr'] });
});
afterAll(async () => {
  await issuer.close();
  rmSync(home, { recursive: true, force: true });
});

const ORIGIN = new URL(CONSOLE).origin;
const OF_CONSOLE = { origin: ORIGIN, 'x-capstan-console': '1', 'sec-fetch-site': 'same-origin' };

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown> & { error?: { code: string } };
  /** Whole, by name. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** As the console's page asks. */
async function page(
  at: House,
  path: string,
  init: { body?: object; cookie?: string; headers?: object; method?: string } = {},
): Promise<Told> {
  const { body, cookie, headers = OF_CONSOLE, method = body ? 'POST' : 'GET' } = init;
  const response = await fetch(`${at.address}/api/v1${path}`, {
    method,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const cookies = response.headers.getSetCookie().map((set) => [set.split('=')[0] ?? '', set] as const);
  return {
    status: response.status,
    body: (await response.json()) as Told['body'],
    cookies: new Map(cookies),
  };
}

const pair = ({ cookies }: Told, name: string) => cookies.get(name)?.split(';')[0] ?? '';

async function begun(at: House) {
  const told = await page(at, '/console/begin', { body: { redirectUri: CONSOLE } });
  if (told.status !== 200) throw new Error(`not begun: ${JSON.stringify(told.body)}`);
  return { told, url: String(told.body.url), cookie: pair(told, 'capstan-sign-in') };
}

const asBody = (back: URLSearchParams) => Object.fromEntries(back);

async function signedIn(at: House, login = 'ada') {
  const { url, cookie } = await begun(at);
  const back = await consentAt(url, login);
  const told = await page(at, '/console/complete', { body: asBody(back), cookie });
  return { told, back, transaction: cookie, session: pair(told, 'capstan-session') };
}

describe('the console', () => {
  test('signs a person in, who then asks by a cookie that no script reads, and holds what is bound to them', async () => {
    const { url, told: first } = await begun(house());
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: CONSOLE,
    });
    expect(first.body).toEqual({ url, endsAt: expect.any(String) });
    expect(first.cookies.get('capstan-sign-in')).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=600$/);
    const { told, session } = await signedIn(house());
    expect(told.body).toEqual({
      id: 'user/ada@example.org',
      session: expect.any(String),
      sessionEndsAt: expect.any(String),
    });
    expect(told.cookies.get('capstan-session')).toMatch(
      /^capstan-session=cab_\S+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(told.cookies.get('capstan-sign-in')).toContain('Max-Age=0');
    const who = await page(house(), '/auth/whoami', { cookie: session, headers: {} });
    expect(who.body).toMatchObject({ id: 'user/ada@example.org', groups: ['ocr'] });
    expect((await page(house(), '/jobs', { cookie: session })).status).toBe(403);
    await house().ask('PUT', '/rolebindings/ocr', { body: { subject: 'group:ocr', role: 'submitter' } });
    await within(
      NOTICED_WITHIN,
      'the binding to be noticed',
      async () => (await page(house(), '/jobs', { cookie: session })).status === 200,
    );
    const submit = { body: { spec: { command: ['true'] } }, cookie: session };
    expect((await page(house(), '/jobs', submit)).status).toBe(201);
  });

  test('gets nothing that could be used without the cookie, and the cookie is no bearer token', async () => {
    const { told, session } = await signedIn(house());
    expect(JSON.stringify(told.body)).not.toMatch(/cab_|cas_|eyJ/);
    const secret = session.split('=')[1] ?? '';
    expect((await house().ask('GET', '/auth/whoami', { as: secret })).status).toBe(401);
    const refresh = secret.replace('cab_', 'cas_');
    const prolonged = await house().ask('POST', '/auth/refresh', { as: '', body: { refresh } });
    expect(prolonged.status).toBe(401);
    expect((await page(house(), '/auth/token', { body: {}, cookie: session })).status).toBe(403);
  });

  test('signs in with a client that has a secret, which the browser never sees', async () => {
    const { url } = await begun(confidential());
    expect(url).not.toContain(encodeURIComponent(SECRET));
    expect((await signedIn(confidential())).told.status).toBe(200);
  });

  test('is told that the issuer is away when the issuer does not know the server’s secret', async () => {
    const { told } = await signedIn(impostor());
    expect([told.status, told.body.error?.code]).toEqual([503, 'auth.issuer_unavailable']);
    expect(JSON.stringify(told.body)).not.toContain('another');
  });

  test('may complete at another replica what it began at one, and is known to both', async () => {
    const other = await house().replica();
    const { url, cookie } = await begun(house());
    const body = asBody(await consentAt(url, 'ada'));
    const told = await page(other, '/console/complete', { body, cookie });
    expect(told.status).toBe(200);
    const session = pair(told, 'capstan-session');
    expect((await page(house(), '/auth/whoami', { cookie: session })).status).toBe(200);
  });

  test('signs out: within seconds the cookie opens nothing more', async () => {
    const { told, session: cookie } = await signedIn(house());
    const ended = await page(house(), `/sessions/${told.body.session}/end`, { body: {}, cookie });
    expect(ended.body).toEqual({ ended: true });
    await within(
      NOTICED_WITHIN,
      'the cookie to be refused',
      async () => (await page(house(), '/auth/whoami', { cookie })).status === 401,
    );
  });

  test('is in the audit under the person’s name, and no secret of it is', async () => {
    const { told, back, transaction, session } = await signedIn(house());
    let records = '';
    await within(5000, 'the sign-in to be listed', async () => {
      records = JSON.stringify((await house().ask('GET', '/audit/records?limit=1000')).body);
      return records.includes(String(told.body.session));
    });
    expect(records).toContain('console.complete');
    for (const secret of [back.get('code'), transaction.split('=')[1], session.split('=')[1]])
      expect(records).not.toContain(secret);
  });
});

describe('a sign-in is refused', () => {
  test.each<{
    what: string;
    with: (own: URLSearchParams, cookie: string) => { body: object; cookie?: string };
  }>([
    {
      what: 'with another state',
      with: (back, cookie) => ({ body: { ...asBody(back), state: 'x'.repeat(43) }, cookie }),
    },
    {
      what: 'with a code that the issuer did not give',
      with: (back, cookie) => ({ body: { ...asBody(back), code: 'x'.repeat(43) }, cookie }),
    },
    {
      what: 'that names another issuer',
      with: (back, cookie) => ({ body: { ...asBody(back), iss: 'https://evil.example' }, cookie }),
    },
    {
      what: 'with a transaction that was changed',
      with: (back, cookie) => ({ body: asBody(back), cookie: `${cookie.slice(0, -2)}AA` }),
    },
  ])('$what', async (row) => {
    const { url, cookie } = await begun(house());
    const { status, body, cookies } = await page(
      house(),
      '/console/complete',
      row.with(await consentAt(url, 'ada'), cookie),
    );
    expect([status, body.error?.code, cookies.size]).toEqual([401, 'auth.sign_in', 0]);
  });

  test('by a browser that did not begin it: the cookie is not there, or is of another one', async () => {
    const [mine, theirs] = [await begun(house()), await begun(house())];
    const body = asBody(await consentAt(mine.url, 'ada'));
    expect((await page(house(), '/console/complete', { body })).status).toBe(400);
    const lured = await page(house(), '/console/complete', { body, cookie: theirs.cookie });
    expect(lured.body.error?.code).toBe('auth.sign_in');
    const inBody = { ...body, transaction: mine.cookie.split('=')[1] };
    expect((await page(house(), '/console/complete', { body: inBody })).status).toBe(400);
  });

  test('the second time with the same code', async () => {
    const { told, back, transaction } = await signedIn(house());
    expect(told.status).toBe(200);
    const again = await page(house(), '/console/complete', { body: asBody(back), cookie: transaction });
    expect(again.body.error?.code).toBe('auth.sign_in');
  });

  test('the second time with a new code for the same beginning, at this replica or at another', async () => {
    const { url, cookie } = await begun(house());
    const complete = async (at: House) =>
      page(at, '/console/complete', { body: asBody(await consentAt(url, 'ada')), cookie });
    expect((await complete(house())).status).toBe(200);
    for (const at of [house(), await house().replica()]) {
      const { body, cookies } = await complete(at);
      expect([body.error?.code, cookies.size]).toEqual(['auth.sign_in', 0]);
    }
  });

  test.each(['nonce', 'code_challenge'])('when the issuer was asked with another %s', async (field) => {
    const { url, cookie } = await begun(house());
    const changed = new URL(url);
    changed.searchParams.set(field, 'x'.repeat(43));
    const body = asBody(await consentAt(changed.href, 'ada'));
    const { body: told } = await page(house(), '/console/complete', { body, cookie });
    expect(told.error?.code).toBe('auth.sign_in');
  });

  test('when it took longer than ten minutes, or was begun for something else', async () => {
    const sealer = createSealer(PEPPER);
    const { url, cookie } = await begun(house());
    const body = asBody(await consentAt(url, 'ada'));
    const sealed = cookie.split('=')[1] ?? '';
    const plain = JSON.parse(sealer.unseal('sign-in of console', sealed) ?? '');
    const complete = (purpose: string, more: object) => {
      const transaction = sealer.seal(purpose, JSON.stringify({ ...plain, ...more }));
      return page(house(), '/console/complete', { body, cookie: `capstan-sign-in=${transaction}` });
    };
    const late = await complete('sign-in of console', { until: Date.now() - 1 });
    expect(late.body.error?.code).toBe('auth.sign_in');
    expect((await complete('sign-in of native', {})).body.error?.code).toBe('auth.sign_in');
    expect((await complete('sign-in of console', {})).status).toBe(200);
  });

  test.each([
    { path: '/console/begin', redirectUri: 'https://evil.example/console/callback' },
    { path: '/console/begin', redirectUri: `${CONSOLE}/../x` },
    { path: '/console/begin', redirectUri: 'http://127.0.0.1:4000/callback' },
    { path: '/auth/begin', redirectUri: CONSOLE },
    { path: '/auth/begin', redirectUri: 'http://localhost:4000/callback' },
  ])('at $path back to $redirectUri', async ({ path, redirectUri }) => {
    const { status, body } = await page(house(), path, { body: { redirectUri } });
    expect([status, body.error?.code]).toEqual([400, 'auth.redirect']);
  });
});

describe('S04: a cookie alone', () => {
  const without = (name: keyof typeof OF_CONSOLE) =>
    Object.fromEntries(Object.entries(OF_CONSOLE).filter(([key]) => key !== name));

  test.each([
    { what: 'as a form of another site sends it', headers: {} },
    { what: 'without the header of the console', headers: without('x-capstan-console') },
    { what: 'without an origin', headers: without('origin') },
    { what: 'from another origin', headers: { ...OF_CONSOLE, origin: 'https://evil.example' } },
    { what: 'from a page of no origin', headers: { ...OF_CONSOLE, origin: 'null' } },
    { what: 'from a neighbour', headers: { ...OF_CONSOLE, 'sec-fetch-site': 'same-site' } },
  ])('changes nothing $what: 403', async ({ headers }) => {
    const { told, session: cookie } = await signedIn(house());
    const end = `/sessions/${told.body.session}/end`;
    const refused = await page(house(), end, { body: {}, cookie, headers });
    expect([refused.status, refused.body.error?.code]).toEqual([403, 'auth.forged']);
    expect((await page(house(), '/auth/whoami', { cookie, headers: {} })).status).toBe(200);
  });

  test('reads nothing for another site', async () => {
    const { session: cookie } = await signedIn(house());
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await page(house(), '/auth/whoami', { cookie, headers })).status).toBe(403);
  });

  test('that is not known, or is there twice, opens nothing', async () => {
    const { session } = await signedIn(house());
    const unknown = `capstan-session=cab_${'0'.repeat(12)}_${'A'.repeat(43)}`;
    for (const cookie of [unknown, `${session}; ${session}`, `${session}; ${unknown}`, 'capstan-session=x'])
      expect((await page(house(), '/auth/whoami', { cookie })).status).toBe(401);
  });
});

describe('capstan login --browser', () => {
  const login = (...more: string[]) => {
    let isOpen = false;
    return run(['login', 'here', '--server', house().address, '--browser', ...more], {
      env: { HOME: home, XDG_CONFIG_HOME: home },
      onStderr: (text) => {
        const url = /open (http\S+)/.exec(text)?.[1];
        if (!url || isOpen) return;
        isOpen = true;
        void signInAt(url, 'ada');
      },
    });
  };

  test('signs in by a loopback redirect, and keeps a session as the device flow does', async () => {
    const { code, stdout, stderr } = await login();
    expect([code, stderr]).toEqual([0, expect.stringContaining('Sign in in the browser')]);
    expect(stdout).toContain('signed in as user/ada@example.org');
    const env = { HOME: home, XDG_CONFIG_HOME: home };
    expect((await run(['whoami'], { env })).stdout).toContain('user/ada@example.org');
    expect((await run(['session', 'list'], { env })).stdout).toMatch(/\* .*user:ada@example\.org +code/);
  });

  test('and a key are two ways to sign in', async () => {
    expect((await login('--key-file', 'x.key')).code).toBe(2);
  });
});
