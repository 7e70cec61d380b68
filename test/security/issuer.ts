/** A real OpenID provider on this machine, and the person who signs in there, in a browser of sorts. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';

export const CLIENT = 'capstan-cli';
/** A client that has a secret. */
export const CONFIDENTIAL = 'capstan-web';
/** Where the console of the tests is, which nobody serves. */
export const CONSOLE = 'https://capstan.example/console/callback';

export interface Issuer {
  readonly url: string;
  /** What the tokens of a person say, by the name that they sign in with. */
  readonly people: Map<string, Record<string, unknown>>;
  /** A token of the issuer with claims of one's own, as a CI system signs them. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** @param secret of the confidential client */
export async function startIssuer(secret = randomBytes(24).toString('hex')): Promise<Issuer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const people: Issuer['people'] = new Map();
  const provider = new Provider(url, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'issuer-1', use: 'sig', alg: 'RS256' }] },
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'authorization_code'],
        redirect_uris: ['http://127.0.0.1/callback', CONSOLE],
        response_types: ['code'],
      },
      {
        client_id: CONFIDENTIAL,
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code'],
        redirect_uris: [CONSOLE],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['for tests alone'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    conformIdTokenClaims: false,
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id) }),
    }),
  });
  server.on('request', provider.callback());
  return {
    url,
    people,
    sign: (claims, header = {}) =>
      new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'issuer-1', ...header })
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Form {
  readonly action: string;
  readonly fields: Record<string, string>;
}

/** Opens a page and does what it asks, until no page has a form any more. The last page. */
export async function signInAt(page: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let html = await visit(page, cookies);
  for (let step = 0; step < 10; step += 1) {
    const form = formOf(html.text, html.url);
    if (!form) return html.text;
    const answers = { ...form.fields, ...('login' in form.fields ? { login, password: 'any' } : {}) };
    html = await visit(form.action, cookies, { form: new URLSearchParams(answers) });
  }
  throw new Error(`the issuer asks without end: ${html.text.slice(0, 300)}`);
}

/** As above, until the issuer sends the browser elsewhere: what it hands over there. */
export async function consentAt(page: string, login: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  const stay = new URL(page).origin;
  let html = await visit(page, cookies, { stay });
  for (let step = 0; step < 10 && new URL(html.url).origin === stay; step += 1) {
    const form = formOf(html.text, html.url);
    if (!form) throw new Error(`the issuer says: ${html.text.slice(0, 300)}`);
    const answers = { ...form.fields, ...('login' in form.fields ? { login, password: 'any' } : {}) };
    html = await visit(form.action, cookies, { form: new URLSearchParams(answers), stay });
  }
  return new URL(html.url).searchParams;
}

/** @param stay the only origin to go on at */
async function visit(
  start: string,
  cookies: Map<string, string>,
  { form, stay }: { form?: URLSearchParams; stay?: string } = {},
): Promise<{ url: string; text: string }> {
  let url = start;
  let body = form;
  for (;;) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(body ? { method: 'POST', body } : {}),
    });
    for (const set of response.headers.getSetCookie()) keep(cookies, set);
    const to = response.headers.get('location');
    if (to === null) return { url, text: await response.text() };
    await response.body?.cancel();
    url = new URL(to, url).href;
    if (stay !== undefined && new URL(url).origin !== stay) return { url, text: '' };
    body = undefined;
  }
}

function keep(cookies: Map<string, string>, set: string): void {
  const [pair = ''] = set.split(';');
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (value === '') cookies.delete(name);
  else cookies.set(name, value);
}

function formOf(html: string, base: string): Form | undefined {
  const form = /<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/i.exec(html);
  if (!form) return undefined;
  const inputs = [...(form[2] ?? '').matchAll(/<(?:input|button)[^>]*>/gi)].map(([tag]) => tag);
  const attribute = (tag: string, name: string) => new RegExp(`${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  const fields = inputs.flatMap((tag) => {
    const name = attribute(tag, 'name');
    return name === undefined || name === 'abort' ? [] : [[name, attribute(tag, 'value') ?? '']];
  });
  return {
    action: new URL((form[1] ?? '').replaceAll('&amp;', '&'), base).href,
    fields: Object.fromEntries(fields),
  };
}
