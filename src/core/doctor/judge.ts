/** What the facts mean: pure, so that each finding has its test. */
import type { Diagnosed } from './diagnosed.ts';
import type { DatabaseFacts } from './facts.ts';

const DAY = 86_400_000;
const MiB = 2 ** 20;

function ok(check: string, what: string): Diagnosed {
  return { check, level: 'ok', what };
}

export interface FileMode {
  readonly path: string;
  /** The permission bits. */
  readonly mode: number;
}

/** A directory may be entered by others (PostgreSQL and jobs of a root installation live below it), never listed. */
export function judgeDirectory({ path, mode }: FileMode): Diagnosed {
  if ((mode & 0o066) === 0) return ok('data', `${path} is private (${mode.toString(8)})`);
  return {
    check: 'data',
    level: 'error',
    what: `${path} may be read or written by others (${mode.toString(8)})`,
    why: 'keys and the results of jobs lie in it',
    next: `chmod 700 ${path}; as root 711.`,
  };
}

export function judgeSecret({ path, mode }: FileMode): Diagnosed {
  if ((mode & 0o077) === 0) return ok('secrets', `${path} is its owner's alone`);
  return {
    check: 'secrets',
    level: 'error',
    what: `${path} may be read by others (${mode.toString(8)})`,
    why: 'whoever reads it can act in its place',
    next: `chmod 600 ${path}, and replace the secret: it may have been read.`,
  };
}

export function judgeDisk({ path, free, total }: { path: string; free: number; total: number }): Diagnosed {
  const left = `${Math.round(free / MiB)} MiB of ${Math.round(total / MiB)} MiB are free for ${path}`;
  if (free > 1024 * MiB || free > total / 5) return ok('disk', left);
  return {
    check: 'disk',
    level: free < 200 * MiB ? 'error' : 'warning',
    what: left,
    why: 'a full disk stops the database and loses output of jobs',
    next: 'Make room, or shorten retention.jobs and retention.events.',
  };
}

export function judgeCertificate(path: string, notAfter: number, now: number): Diagnosed {
  const until = new Date(notAfter).toISOString();
  const left = notAfter - now;
  if (left > 14 * DAY) return ok('tls', `${path} is valid until ${until}`);
  return {
    check: 'tls',
    level: left <= 0 ? 'error' : 'warning',
    what: left <= 0 ? `${path} ended at ${until}` : `${path} ends at ${until}`,
    why: 'clients refuse to connect once it has ended',
    next: 'Put a new certificate and its key in place: a running server takes them by itself.',
  };
}

export function judgeDatabase(facts: DatabaseFacts): Diagnosed[] {
  return [version(facts), durable(facts), clock(facts), migrations(facts), ...transactions(facts)];
}

function version({ version: text, versionNumber }: DatabaseFacts): Diagnosed {
  if (versionNumber >= 150_000) return ok('database', `PostgreSQL ${text} answers`);
  const next = 'Use PostgreSQL 15 or newer.';
  return { check: 'database', level: 'error', what: `it is PostgreSQL ${text}`, next };
}

function durable({ fsync, synchronousCommit }: DatabaseFacts): Diagnosed {
  if (fsync && synchronousCommit !== 'off') return ok('durability', 'what is acknowledged is on disk');
  return {
    check: 'durability',
    level: 'error',
    what: `${fsync ? 'synchronous_commit' : 'fsync'} is off`,
    why: 'an acknowledged submission is lost when the machine fails',
    next: 'Switch it on in the configuration of PostgreSQL.',
  };
}

/** Half a minute is within the leeway of tokens; timers and audit times show less. */
function clock({ skew }: DatabaseFacts): Diagnosed {
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (seconds < 2) return ok('clock', 'the clocks of this machine and the database agree');
  return {
    check: 'clock',
    level: seconds > 30 ? 'error' : 'warning',
    what: `the clock of the database is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} this machine's`,
    why: 'leases, timers and tokens go by these clocks',
    next: 'Let both machines follow a time server.',
  };
}

function migrations({ missing, unknown }: DatabaseFacts): Diagnosed {
  if (unknown.length > 0) {
    return {
      check: 'migrations',
      level: 'warning',
      what: `the database knows ${unknown.length} migration(s) that this program does not`,
      why: 'a newer program was here',
      next: 'Run the newer release.',
    };
  }
  if (missing.length === 0) return ok('migrations', 'every one is applied');
  return {
    check: 'migrations',
    level: 'warning',
    what: `not yet applied: ${missing.join(', ')}`,
    next: 'The next start of this program applies them.',
  };
}

function transactions({ long }: DatabaseFacts): Diagnosed[] {
  return long.map(({ pid, seconds, program, queryId, holdsVacuum }) => ({
    check: 'transactions',
    level: 'warning' as const,
    what: `a transaction of ${program || 'an unnamed program'} (backend ${pid}${queryId ? `, query ${queryId}` : ''}) is open for ${seconds} s`,
    why: `event streams wait for the oldest transaction${holdsVacuum === false ? '' : ', and nothing is cleaned up behind it'}`,
    next: `End that program, or SELECT pg_terminate_backend(${pid}).`,
  }));
}

/** @param changed when the file was last written; @param since when the server started; epoch milliseconds */
export function judgeUnapplied(path: string, changed: number, since: number): Diagnosed {
  if (changed <= since) return ok('configuration', `${path} is what the server was started with`);
  return {
    check: 'configuration',
    level: 'warning',
    what: `${path} was changed after the server was started`,
    why: 'what needs a restart is not in force',
    next: 'Send SIGHUP to the server, look at what its log says waits, or restart it.',
  };
}

export function judgeLeftovers(check: string, paths: readonly string[], next: string): Diagnosed {
  if (paths.length === 0) return ok(check, 'nothing is left over');
  const shown = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return { check, level: 'warning', what: `left over: ${shown}${more}`, why: 'they take room', next };
}
