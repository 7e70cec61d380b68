/** S02 and S16: access tokens are short-lived, checked in every part, and their keys rotate without a break. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealingKey, unseal } from '../../src/adapters/tokens/sealed-keys.ts';
import { createTokenService } from '../../src/adapters/tokens/token-service.ts';
import { NOTICED_WITHIN, PEPPER, withHouse, within } from './house.ts';

const house = withHouse();
const MINUTE = 60;

interface Issued {
  readonly token: string;
  readonly endsAt: string;
}

async function tokenFor(key: string): Promise<string> {
  const { status, body } = await house().ask<Issued>('POST', '/auth/token', { as: key, body: {} });
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.token;
}

const accepts = async (token: string) => (await house().ask('GET', '/jobs', { as: token })).status;

/** The key that signs now, taken out of the store with the pepper: nobody else could. */
async function stolenKey(): Promise<{ kid: string; key: KeyObject; pem: string }> {
  const { store } = house();
  const [record] = await store.signingKeys.list();
  if (!record) throw new Error('no signing key yet');
  const der = unseal(sealingKey(PEPPER), record.kid, record.sealedKey);
  const key = createPrivateKey({ key: Buffer.from(der ?? []), format: 'der', type: 'pkcs8' });
  return { kid: record.kid, key, pem: String(createPublicKey(key).export({ format: 'pem', type: 'spki' })) };
}

let credential: string;
let genuine: string;

beforeAll(async () => {
  genuine = await tokenFor(await house().key('tokens', ['viewer']));
  credential = (await house().ports.keys.get('tokens'))?.id ?? '';
});

interface Forgery {
  readonly claims?: JWTPayload;
  readonly header?: object;
  readonly key?: KeyObject | Uint8Array;
}

async function forged({ claims = {}, header = {}, key }: Forgery = {}): Promise<string> {
  const stolen = await stolenKey();
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'capstan',
    aud: 'capstan-api',
    sub: 'key/tokens',
    jti: 'x',
    iat: now,
    nbf: now,
    exp: now + 10 * MINUTE,
    cred: credential,
    via: 'key',
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', kid: stolen.kid, typ: 'at+jwt', ...header })
    .sign(key ?? stolen.key);
}

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

describe('S02: an access token', () => {
  test('is taken in place of the key, says so, and lives ten minutes', async () => {
    const { body } = await house().ask('GET', '/auth/whoami', { as: genuine });
    expect(body).toMatchObject({ id: 'key/tokens', kind: 'key', tokenEndsAt: expect.any(String) });
    const left = Date.parse(String(body.tokenEndsAt)) - Date.now();
    expect(left).toBeLessThanOrEqual(600_000);
    expect(left).toBeGreaterThan(540_000);
  });

  test('made by hand with the stolen key is taken: so what is refused below is refused for its one fault', async () => {
    expect(await accepts(await forged())).toBe(200);
  });

  test.each([
    {
      what: 'expired',
      forgery: () => ({ claims: { iat: seconds(-900), nbf: seconds(-900), exp: seconds(-1) } }),
    },
    { what: 'not valid yet', forgery: () => ({ claims: { nbf: seconds(60) } }) },
    {
      what: 'of a clock five minutes ahead',
      forgery: () => ({ claims: { iat: seconds(300), nbf: seconds(300), exp: seconds(900) } }),
    },
    {
      what: 'of a clock five minutes behind, at its end',
      forgery: () => ({ claims: { iat: seconds(-900), nbf: seconds(-900), exp: seconds(-300) } }),
    },
    { what: 'without an end', forgery: () => ({ claims: { exp: undefined as never } }) },
    { what: 'without a beginning', forgery: () => ({ claims: { nbf: undefined as never } }) },
    { what: 'for another audience', forgery: () => ({ claims: { aud: 'another' } }) },
    { what: 'of another issuer', forgery: () => ({ claims: { iss: 'https://evil.example' } }) },
    { what: 'of another type', forgery: () => ({ header: { typ: 'JWT' } }) },
    { what: 'with an unknown key id', forgery: () => ({ header: { kid: 'unknown' } }) },
    { what: 'without a key id', forgery: () => ({ header: { kid: undefined } }) },
    { what: 'for a credential that is not there', forgery: () => ({ claims: { cred: 'no-such' } }) },
    { what: 'for a credential of another kind', forgery: () => ({ claims: { via: 'session' } }) },
  ])('$what is refused with 401', async ({ forgery }) => {
    const token = await forged(forgery());
    expect(await accepts(token)).toBe(401);
  });

  test('with alg none is refused, in every spelling', async () => {
    const { kid } = await stolenKey();
    const [, payload = ''] = (await forged()).split('.');
    expect(
      await accepts(new UnsecuredJWT({ sub: 'key/tokens', cred: credential, via: 'key' }).encode()),
    ).toBe(401);
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      const header = Buffer.from(JSON.stringify({ alg, kid, typ: 'at+jwt' })).toString('base64url');
      expect([alg, await accepts(`${header}.${payload}.`)]).toEqual([alg, 401]);
    }
  });

  test('signed with the public key as an HMAC secret is refused (HS/RS confusion)', async () => {
    const { pem, key } = await stolenKey();
    const raw = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
    for (const secret of [Buffer.from(pem), Buffer.from(raw, 'base64url')]) {
      for (const alg of ['HS256', 'HS512']) {
        const padded = Buffer.concat([secret, Buffer.alloc(Math.max(0, 64 - secret.length))]);
        expect(
          await accepts(await forged({ header: { alg }, key: secret.length < 64 ? padded : secret })),
        ).toBe(401);
      }
    }
  });

  test('changed in any part is refused', async () => {
    const [header = '', payload = '', signature = ''] = genuine.split('.');
    const more = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'key/admin' }),
    ).toString('base64url');
    for (const token of [
      `${header}.${more}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${genuine}.x`,
      `${'A'.repeat(5000)}.${payload}.${signature}`,
    ]) {
      expect(await accepts(token)).toBe(401);
    }
    expect(await accepts(genuine)).toBe(200);
  });

  test('is refused in a URL', async () => {
    const response = await fetch(`${house().address}/api/v1/jobs?access_token=${genuine}`);
    expect(response.status).toBe(400);
  });

  test('can not be exchanged for another', async () => {
    const answer = await house().ask('POST', '/auth/token', { as: genuine, body: {} });
    expect(answer.status).toBe(403);
  });

  test('ends with its key, within seconds, also when it was checked before; so does what is open under it', async () => {
    const token = await tokenFor(await house().key('short', ['viewer']));
    expect(await accepts(token)).toBe(200);
    const stream = await fetch(`${house().address}/api/v1/events/follow`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await house().ask('POST', '/keys/short/revoke');
    await within(NOTICED_WITHIN, 'the token to be refused', async () => (await accepts(token)) === 401);
    expect(await stream.text()).toContain('auth.invalid');
  });

  test('never outlives the key that it was made from', async () => {
    const { body } = await house().ask<{ key: string; expiresAt: string }>('POST', '/keys', {
      body: { name: 'ends-soon', roles: ['viewer'], expiresIn: '1m' },
    });
    const issued = await house().ask<Issued>('POST', '/auth/token', { as: body.key, body: {} });
    expect(Date.parse(issued.body.endsAt)).toBeLessThanOrEqual(Date.parse(body.expiresAt));
  });

  test('carries the roles of its key as they are now, not as they were', async () => {
    await house().ask('PUT', '/roles/shrinking', { body: { operations: ['job.list'] } });
    const token = await tokenFor(await house().key('shrinks', ['shrinking']));
    expect(await accepts(token)).toBe(200);
    await house().ask('PUT', '/roles/shrinking', { body: { operations: ['project.list'] } });
    await within(NOTICED_WITHIN, 'the change to be noticed', async () => (await accepts(token)) === 403);
  });
});

describe('S16: signing keys', () => {
  test('rotate without a break: tokens of before stay valid on every replica, the new key signs soon', async () => {
    const key = await house().key('rotator', ['viewer']);
    const other = await house().replica();
    const old = await tokenFor(key);
    const before = kidOf(old);
    const { body } = await house().ask<{ kid: string }>('POST', '/auth/signing-key/rotate', { body: {} });
    const refused: string[] = [];
    await within(8000, 'the new key to sign', async () => {
      const fresh = await tokenFor(key);
      for (const token of [old, fresh]) {
        for (const at of [house(), other]) {
          if ((await at.ask('GET', '/jobs', { as: token })).status !== 200) refused.push(kidOf(token));
        }
      }
      return kidOf(fresh) === body.kid;
    });
    expect(before).not.toBe(body.kid);
    expect(refused).toEqual([]);
  });

  test('are kept where the store alone can not use them', async () => {
    const records = await house().store.signingKeys.list();
    for (const { kid, sealedKey } of records) {
      expect(unseal(sealingKey(Buffer.alloc(32, 8)), kid, sealedKey)).toBeUndefined();
      expect(unseal(sealingKey(PEPPER), 'another', sealedKey)).toBeUndefined();
    }
  });

  test('retire when their last token has ended, and then verify nothing', async () => {
    const { store } = house();
    const clock = { now: Date.now() };
    const service = createTokenService({
      store: store.signingKeys,
      pepper: PEPPER,
      now: () => clock.now,
      ticks: () => clock.now,
    });
    const of = { subject: 'key/x', credential: 'x', via: 'key' } as const;
    const { token } = await service.issue(of, undefined);
    await service.rotate();
    clock.now += 599_000;
    expect(await service.verify(token)).toMatchObject({ credential: 'x' });
    clock.now += 60_000;
    expect(await service.verify(token)).toBeUndefined();
    expect((await store.signingKeys.list()).map(({ kid }) => kid)).not.toContain(kidOf(token));
  });
});

describe('S01: a secret of one’s own for HS256', () => {
  const withSecret = (secret: string | undefined) =>
    createTokenService({
      store: house().store.signingKeys,
      pepper: PEPPER,
      secret,
      now: Date.now,
      ticks: () => performance.now(),
    });
  const of = { subject: 'key/x', credential: 'x', via: 'key' } as const;

  test('signs and verifies from 256 bits on, and nothing less', async () => {
    const service = withSecret('0123456789abcdefghijklmnopqrstuv');
    const { token } = await service.issue(of, undefined);
    expect(await service.verify(token)).toMatchObject(of);
    expect(await withSecret(undefined).verify(token)).toBeUndefined();
    expect(await withSecret('another-secret-of-thirty-two-bytes').verify(token)).toBeUndefined();
    expect(() => withSecret('0123456789abcdefghijklmnopqrstu')).toThrow(RangeError);
  });

  test('takes tokens of the keys of before, so that setting it breaks nothing', async () => {
    const { token } = await withSecret(undefined).issue(of, undefined);
    expect(await withSecret('0123456789abcdefghijklmnopqrstuv').verify(token)).toMatchObject(of);
  });
});

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
}
