/**
 * Tells a database that does not answer from a statement that is wrong. The first becomes
 * `store.unavailable`, to be tried again; the second is a defect and stays what it is.
 */
import { DatabaseError } from 'pg';
import { Refused } from '../../core/errors/refused.ts';

const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the Unix socket is gone
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQL_CODES: ReadonlySet<string> = new Set([
  '25006', // read-only: a standby, or a primary that was just demoted
  '57014', // our own statement timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up or recovering
  '57P05', // idle_session_timeout
]);

/** 08: connection exceptions. 53: no connection slot, memory or disk left. */
const SQL_CLASSES: ReadonlySet<string> = new Set(['08', '53']);

/** What `pg` and its pool say without a code. */
const SAYINGS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed)/;

const CLOSED = 'Cannot use a pool after calling end on the pool';

export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  const code = codeOf(error);
  if (code === undefined) return SAYINGS.test(error.message);
  return SOCKET_CODES.has(code) || SQL_CODES.has(code) || SQL_CLASSES.has(code.slice(0, 2));
}

/** Text that PostgreSQL can not hold: a NUL byte, plain (22021) or escaped in JSON (22P05). */
const UNSTORABLE: ReadonlySet<string> = new Set(['22021', '22P05']);

/** The schemas judge what is known to be text of a person; this is for the field that was forgotten. */
function unstorable(cause: unknown): Refused {
  const details = [{ path: '', expected: 'texts without NUL bytes', got: 'one with a NUL byte' }];
  return new Refused('input.invalid', { count: 1 }, { details, cause });
}

/** The error that the callers of the store see. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof Error && error.message === CLOSED)
    return new Refused('server.stopping', {}, { cause: error });
  const safe = withoutRows(error);
  if (UNSTORABLE.has(codeOf(error) ?? '')) return unstorable(safe);
  return isUnavailable(error) ? new Refused('store.unavailable', {}, { cause: safe }) : safe;
}

/**
 * PostgreSQL quotes the failing row or value beside its message, and a row may hold what a job keeps
 * secret: an error is logged, so it must not (invariant 9). Code, table and constraint stay.
 */
export function withoutRows(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    for (const quote of ['detail', 'where', 'internalQuery'] as const) error[quote] = undefined;
  }
  return error;
}

/** SQLSTATE or errno name. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether a statement for many failed by one of them: a rule of the database, or text it can not hold. */
export function isOneItems(error: unknown): boolean {
  if (error instanceof Refused) return error.code === 'input.invalid';
  return codeOf(error) !== undefined;
}
