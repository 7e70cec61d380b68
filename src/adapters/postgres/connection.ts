/** How every connection of the store is set up. */
import { type ClientConfig, types } from 'pg';
import { checkVerifiedTls } from './verified-tls.ts';

/** What connects to PostgreSQL: a URL, or what `pg` takes. */
export type Connection = string | ClientConfig;

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the server's own limit: it only ends what waits on a network that is gone. */
const SILENCE_TIMEOUT_MS = 35_000;
const INT8 = 20;

/** @throws UnfitDatabase for one off loopback without verified TLS */
export function clientConfig(connection: Connection, applicationName: string): ClientConfig {
  checkVerifiedTls(connection);
  const given = typeof connection === 'string' ? { connectionString: connection } : connection;
  return {
    ...given,
    application_name: given.application_name ?? applicationName,
    connectionTimeoutMillis: given.connectionTimeoutMillis ?? CONNECT_TIMEOUT_MS,
    statement_timeout: given.statement_timeout ?? STATEMENT_TIMEOUT_MS,
    query_timeout: given.query_timeout ?? SILENCE_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
  };
}

/** Epoch milliseconds, versions and sequence numbers all fit a number. */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8 && format !== 'binary') return Number;
  return types.getTypeParser(oid, format);
}
