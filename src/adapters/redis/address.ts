/**
 * Where Redis is and who asks, as its URL says. Off loopback it is spoken to only by TLS that verifies
 * whom it speaks to, and with a password (S19): who can write there decides who is limited.
 */
import { isKnownDefault } from '../../core/access/known-defaults.ts';
import { RedisError } from './errors.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** Of the manual, where the file that Redis comes with shows how it is done. */
const WELL_KNOWN: ReadonlySet<string> = new Set(['foobared', 'foobar']);
const DEFAULT_PORT = 6379;
const WRITTEN = 'redis.url (CAPSTAN_REDIS_URL) is written as rediss://user:password@host:6380/0.';

/** @throws RedisError `Unsafe`: nothing has been asked of the server yet */
export function redisAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw unsafe('redis.url is no Redis URL', WRITTEN);
  // Some clients take parameters that switch verification off: none is taken here.
  if (url.search !== '' || url.hash !== '') throw unsafe('redis.url has parameters', WRITTEN);
  if (!/^\/?\d{0,4}$/.test(url.pathname)) throw unsafe('redis.url names no numbered database', WRITTEN);
  const address = addressIn(url);
  if (!LOOPBACK.test(url.hostname)) checkOffLoopback(url.hostname, address);
  return address;
}

function addressIn(url: URL): RedisAddress {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || DEFAULT_PORT),
    tls: url.protocol === 'rediss:',
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(url.pathname.slice(1) || 0),
  };
}

function decoded(text: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    throw unsafe('redis.url holds a percent sign that stands for nothing', WRITTEN);
  }
}

function checkOffLoopback(host: string, { tls, password }: RedisAddress): void {
  if (!tls) {
    throw unsafe(
      `redis.url (CAPSTAN_REDIS_URL) has no TLS, and ${host} is not this machine`,
      'Write rediss://, and give Redis a certificate (tls-port, tls-cert-file); redis.ca names an authority of your own.',
    );
  }
  if (password === undefined) {
    throw unsafe(
      `redis.url (CAPSTAN_REDIS_URL) has no password, and ${host} is not this machine`,
      'Give Redis a user with a password (ACL SETUSER, or requirepass), and write it into the URL.',
    );
  }
  if (isKnownDefault(password) || WELL_KNOWN.has(password.toLowerCase())) {
    throw unsafe(
      'the password in redis.url (CAPSTAN_REDIS_URL) is one that everybody knows',
      'Give Redis a password of its own, such as `openssl rand -base64 32` makes.',
    );
  }
}

function unsafe(message: string, next: string): RedisError {
  return new RedisError('Unsafe', { message, next });
}
