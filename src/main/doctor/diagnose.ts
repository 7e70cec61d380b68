/** `capstan doctor`: gathers the facts of an installation and has them judged. It changes nothing. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AREAS_ROOT } from '../../adapters/data-home/area.ts';
import { defaultDataDir } from '../../adapters/data-home/data-dir.ts';
import { findDataHome } from '../../adapters/data-home/find-data-home.ts';
import { holderOf } from '../../adapters/data-home/instance-lock.ts';
import { abandonedAreas } from '../../adapters/data-home/prune-areas.ts';
import { findRunningPostgres } from '../../adapters/embedded-postgres/find-running.ts';
import type { Connection } from '../../adapters/postgres/connection.ts';
import { examineDatabase } from '../../adapters/postgres/examine.ts';
import { readCertificate } from '../../adapters/tls/certificate.ts';
import type { Diagnosed } from '../../core/doctor/diagnosed.ts';
import {
  judgeCertificate,
  judgeDatabase,
  judgeDirectory,
  judgeDisk,
  judgeLeftovers,
  judgeSecret,
  judgeUnapplied,
} from '../../core/doctor/judge.ts';
import { type ConfigInput, readConfig } from '../config/load.ts';
import { ownDatabaseOf } from '../config/own-database.ts';
import type { Settings } from '../config/schema.ts';

const DAY = 86_400_000;

/** What goes wrong in a check is a finding of it. @throws UsageError when the configuration cannot be read */
export async function diagnose(input: ConfigInput, now: () => number): Promise<readonly Diagnosed[]> {
  const { settings, problems } = await readConfig(input);
  if (!settings) {
    return problems.map(({ where, path, expected, got }) => ({
      check: 'configuration',
      level: 'error',
      what: `${where}: ${path === '' ? '' : `${path}: `}expected ${expected}, got ${got}`,
      next: '`capstan config check` lists every problem; docs/configuration.md the settings.',
    }));
  }
  const dir = settings.data ?? defaultDataDir(input.env);
  const file = input.flags.config ?? input.env.CAPSTAN_CONFIG;
  const checks: [string, () => Promise<Diagnosed[]>][] = [
    ['data', () => dataFindings(dir)],
    ['configuration', () => configFindings(dir, file === '-' ? undefined : file)],
    ['tls', () => tlsFindings(settings, now())],
    ['disk', () => diskFindings(dir)],
    ['database', () => databaseFindings(dir, settings, now)],
    ['areas', () => areaFindings(now())],
  ];
  const found: Diagnosed[] = [];
  for (const [check, look] of checks) found.push(...(await look().catch((error) => [failed(check, error)])));
  return found;
}

function failed(check: string, error: unknown): Diagnosed {
  const { message, next } = error as { message?: string; next?: string };
  return { check, level: 'error', what: message ?? String(error), ...(next ? { next } : {}) };
}

async function dataFindings(dir: string): Promise<Diagnosed[]> {
  const seen = await stat(dir).catch(() => undefined);
  if (!seen?.isDirectory()) {
    const next = '`capstan up` or `capstan server` makes it; --data names another.';
    return [{ check: 'data', level: 'error', what: `${dir} is no directory`, next }];
  }
  const secrets = (await readdir(dir)).filter((name) => name.endsWith('.key')).map((name) => join(dir, name));
  const modes = await Promise.all(secrets.map(modeOf));
  const holder = await holderOf(dir);
  const what = holder
    ? `process ${holder.pid} holds the directory since ${holder.since.toISOString()}`
    : 'no server holds the directory';
  const drafts = (await readdir(dir)).filter((name) => name.endsWith('.new')).map((name) => join(dir, name));
  return [
    judgeDirectory(await modeOf(dir)),
    ...modes.map(judgeSecret),
    { check: 'lock', level: 'ok', what },
    ...(holder ? [] : [judgeLeftovers('drafts', drafts, 'Remove them: a start that was cut off left them.')]),
  ];
}

async function modeOf(path: string) {
  return { path, mode: (await stat(path)).mode & 0o777 };
}

async function configFindings(dir: string, file: string | undefined): Promise<Diagnosed[]> {
  if (!file) return [{ check: 'configuration', level: 'ok', what: 'it is valid; no file is used' }];
  const seen = await stat(file);
  const holder = await holderOf(dir);
  const mode = { path: file, mode: seen.mode & 0o777 };
  const secret = judgeSecret(mode);
  return [
    // Only a file that others may read is worth a word: it need not hold a secret.
    ...(secret.level === 'ok' ? [secret] : [{ ...secret, level: 'warning' as const }]),
    ...(holder ? [judgeUnapplied(file, seen.mtimeMs, holder.since.getTime())] : []),
  ];
}

async function tlsFindings({ tls }: Settings, now: number): Promise<Diagnosed[]> {
  const { cert, key } = tls;
  if (cert === undefined || key === undefined) return [];
  const certificate = await readCertificate({ cert, key });
  return [judgeCertificate(cert, certificate.notAfter, now), judgeSecret(await modeOf(key))];
}

async function diskFindings(dir: string): Promise<Diagnosed[]> {
  const { bavail, blocks, bsize } = await statfs(dir);
  return [judgeDisk({ path: dir, free: bavail * bsize, total: blocks * bsize })];
}

async function databaseFindings(dir: string, settings: Settings, now: () => number): Promise<Diagnosed[]> {
  const connection = await connectionOf(dir, settings);
  if (!connection) {
    const what = 'the embedded database does not run, so it was not looked at';
    return [{ check: 'database', level: 'warning', what, next: '`capstan up` starts it; look again then.' }];
  }
  const attempts = await oldAttempts(dir, now());
  const facts = await examineDatabase(connection, { jobs: attempts.map(({ job }) => job), now });
  const gone = attempts.filter(({ job }) => !facts.live.includes(job)).map(({ path }) => path);
  const next = 'The agent removes them once their results are stored; `capstan delete` what is not wanted.';
  return [...judgeDatabase(facts), judgeLeftovers('attempts', gone, next)];
}

async function connectionOf(dir: string, settings: Settings): Promise<Connection | undefined> {
  const named = await ownDatabaseOf(settings);
  if (named) return named.url;
  const home = await findDataHome(dir);
  return home && findRunningPostgres(home.postgresDir);
}

/** Directories of jobs on which nothing has happened for a day. */
async function oldAttempts(dir: string, now: number): Promise<{ job: string; path: string }[]> {
  const home = await findDataHome(dir);
  const jobs = join(home ? dirname(home.postgresDir) : dir, 'jobs');
  const names = await readdir(jobs).catch(() => []);
  const all = await Promise.all(
    names.map(async (job) => ({ job, path: join(jobs, job), at: (await stat(join(jobs, job))).mtimeMs })),
  );
  return all.filter(({ at }) => at < now - DAY);
}

async function areaFindings(now: number): Promise<Diagnosed[]> {
  if (process.getuid?.() !== 0) return [];
  const next = 'The next `capstan up` removes them; their data directories are gone.';
  return [judgeLeftovers('areas', await abandonedAreas(AREAS_ROOT, new Date(now)), next)];
}
