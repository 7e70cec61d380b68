/**
 * Off loopback the database is spoken to only by TLS that verifies whom it speaks to (S20): `require`
 * and `prefer` encrypt towards anybody who answers, and what is asked there holds secrets of jobs.
 */
import { BlockList, isIPv6 } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { isKnownDefault } from '../../core/access/known-defaults.ts';
import type { Connection } from './connection.ts';
import { UnfitDatabase } from './unfit-database.ts';

const VERIFIED: ReadonlySet<string> = new Set(['verify-full', 'verify-ca']);

/** What `pg` itself makes of a connection, its environment variables included. */
interface Understood {
  readonly host: string;
  readonly password?: string | null | undefined;
  readonly ssl: boolean | { readonly rejectUnauthorized?: boolean } | undefined;
}

/** @throws UnfitDatabase that names the setting, never the URL */
export function checkVerifiedTls(connection: Connection): void {
  const { host, ssl, password } = understood(connection);
  if (isLocal(host)) return;
  if (typeof password === 'string' && isKnownDefault(password)) throw knownPassword(host);
  const mode = sslModeOf(connection);
  if (mode !== undefined && !VERIFIED.has(mode)) throw unverified(`sslmode=${mode}`, host);
  if (!ssl) throw unverified('no sslmode', host);
  if (ssl !== true && ssl.rejectUnauthorized === false)
    throw unverified('a certificate that is not checked', host);
}

function understood(connection: Connection): Understood {
  const given: ClientConfig =
    typeof connection === 'string' ? { connectionString: connection } : { ...connection };
  try {
    const client = new Client(given) as Client & { connectionParameters: Understood };
    const { host, ssl, password } = client.connectionParameters;
    return { host, ssl, password };
  } catch (error) {
    throw new UnfitDatabase('BadUrl', {
      message: `the database URL cannot be used: ${reasonOf(error)}`,
      next: 'databaseUrl (CAPSTAN_DATABASE_URL) is written as postgres://user:password@host/database?sslmode=verify-full.',
    });
  }
}

/** Of a URL that cannot be parsed nothing may be repeated: the password stands in it. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOENT' || code === 'EACCES'
    ? `a file that it names cannot be read (${code})`
    : 'it is no URL';
}

function sslModeOf(connection: Connection): string | undefined {
  const url = typeof connection === 'string' ? connection : (connection.connectionString ?? '');
  return /[?&]sslmode=([^&#]*)/.exec(url)?.[1];
}

function isLocal(host: string): boolean {
  if (host === '' || host === 'localhost' || host.startsWith('/')) return true;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/** S14: what everybody knows keeps nobody out. */
function knownPassword(host: string): UnfitDatabase {
  return new UnfitDatabase('KnownPassword', {
    message: `the password in databaseUrl (CAPSTAN_DATABASE_URL) for ${host} is one that everybody knows`,
    next: 'Give the database user a password of its own, such as `openssl rand -base64 32` makes.',
  });
}

function unverified(what: string, host: string): UnfitDatabase {
  return new UnfitDatabase('NotVerified', {
    message: `databaseUrl (CAPSTAN_DATABASE_URL) has ${what}, and ${host} is not this machine`,
    next: 'Add sslmode=verify-full to the URL, and sslrootcert=FILE where the authority is your own.',
  });
}
