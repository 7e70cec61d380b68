/**
 * Sends a delivery to its receiver: signed, once, over a connection of its own to an address that was
 * checked when it was resolved. Redirects are not followed, the answer's body is not read.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Courier } from '../../ports/webhooks.ts';
import { addressRules } from './addresses.ts';

export interface CourierOptions {
  /** What the secrets are sealed under is derived from it; kept outside of the database. */
  readonly pepper: Uint8Array;
  /** Plain HTTP as well. */
  readonly allowHttp?: boolean | undefined;
  /** Loopback and private networks as well. */
  readonly allowPrivate?: boolean | undefined;
  /** Of one try, milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** For tests. */
  readonly resolve?: Resolve | undefined;
}

export type Resolve = (
  host: string,
  answer: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const TIMEOUT = 10_000;

export function createCourier(options: CourierOptions): Courier {
  const sealing = Buffer.from(hkdfSync('sha256', options.pepper, '', 'capstan webhook secrets', 32));
  return {
    makeSecret(id) {
      const secret = `whsec_${randomBytes(32).toString('base64url')}`;
      return { secret, sealed: seal(sealing, id, secret) };
    },
    whyNot: (url) => whyNot(url, options),
    async send({ id, url, secret }, delivery, now) {
      const why = whyNot(url, options);
      if (why !== undefined) throw new Error(why);
      const signature = sign(unseal(sealing, id, secret), delivery.body, now);
      await post(url, { ...delivery, signature }, options);
    },
  };
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`. The time is in it, so that nothing is replayed for ever. */
function sign(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function whyNot(
  text: string,
  { allowHttp = false, allowPrivate = false }: CourierOptions,
): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol)) return 'it is no https URL';
  if (url.protocol === 'http:' && !allowHttp) return 'it is not https';
  if (url.username || url.password) return 'it holds a user or a password';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !allowPrivate && addressRules().isForbidden(host)) return `${host} is no public address`;
  return undefined;
}

interface Letter {
  readonly id: string;
  readonly body: string;
  readonly signature: string;
}

function post(url: string, letter: Letter, options: CourierOptions): Promise<void> {
  const { protocol } = new URL(url);
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      // A connection of its own: a kept one was checked for another name.
      agent: false,
      lookup: options.allowPrivate ? undefined : guardedLookup(options.resolve),
      signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(letter.body),
        'user-agent': 'capstan-webhook',
        'capstan-delivery': letter.id,
        'capstan-signature': letter.signature,
      },
    });
    request.on('error', (error) => reject(new Error(`it could not be reached: ${error.message}`)));
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      // Whatever it says besides is not read: it may be endless.
      response.destroy();
      if (statusCode >= 200 && statusCode < 300) resolve();
      else
        reject(
          new Error(
            `it answered ${statusCode}${statusCode >= 300 && statusCode < 400 ? ', and redirects are not followed' : ''}`,
          ),
        );
    });
    request.end(letter.body);
  });
}

/** Resolves and judges in one step: what was checked is what is connected to. */
function guardedLookup(resolve: Resolve = systemResolve): LookupFunction {
  const rules = addressRules();
  return (host, { all }, callback) => {
    resolve(host, (error, addresses) => {
      if (error) return callback(error, '');
      const forbidden = addresses.find(({ address }) => rules.isForbidden(address));
      const [first] = addresses;
      if (forbidden || !first) return callback(new Error(`${host} leads to no public address`), '');
      if (all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

const systemResolve: Resolve = (host, answer) =>
  lookup(host, { all: true }, (error, found) => answer(error, found ?? []));

function seal(key: Buffer, id: string, secret: string): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unseal(key: Buffer, id: string, bytes: Uint8Array): string {
  const all = Buffer.from(bytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, all.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(id)).setAuthTag(all.subarray(12, 28));
    return Buffer.concat([decipher.update(all.subarray(28)), decipher.final()]).toString();
  } catch {
    throw new Error('its secret was sealed by another installation: delete it and make it again');
  }
}
