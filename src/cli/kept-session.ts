/**
 * The session of a context: its access token while it lasts, else the next one. One process at a time
 * prolongs it, because each refresh secret works once.
 */
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Context,
  contextFile,
  findContext,
  readContexts,
  withContext,
  writeContexts,
} from './context-file.ts';
import { UsageError } from './errors.ts';
import type { Env } from './io.ts';
import { createClient } from './remote/client.ts';
import { ApiError } from './remote/client-errors.ts';

/** A token that ends within this time is not begun with, milliseconds. */
const EARLY = 30_000;
/** After this time a lock was left by a process that died, milliseconds. */
const STALE = 60_000;

export async function tokenOf(context: Context, env: Env): Promise<string | undefined> {
  const now = Date.now();
  if (lasts(context, now)) return context.session?.token;
  return underLock(`${contextFile(env)}.lock`, async () => {
    const all = await readContexts(env);
    const present = findContext(all, context.name);
    if (lasts(present, now)) return present.session?.token;
    const next = await prolonged(present);
    await writeContexts(env, withContext(all, next, false));
    return next.session?.token;
  });
}

function lasts({ session }: Context, now: number): boolean {
  return session !== undefined && Date.parse(session.endsAt) - EARLY > now;
}

async function prolonged(context: Context): Promise<Context> {
  const refresh = context.session?.refresh;
  if (refresh === undefined) throw ended(context);
  try {
    const answer = await createClient({ server: context.server }).call('auth.refresh', { refresh });
    const { token, endsAt } = answer;
    return { ...context, session: { token, endsAt, ...(answer.refresh && { refresh: answer.refresh }) } };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) throw ended(context);
    throw error;
  }
}

function ended({ name }: Context): UsageError {
  return new UsageError(`the session of context ${name} has ended`, 'Sign in again: `capstan login`.');
}

async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await locked(path))) await sleep(50);
  try {
    return await work();
  } finally {
    await rmdir(path).catch(() => undefined);
  }
}

async function locked(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = await stat(path).catch(() => undefined);
    if (since && Date.now() - since.mtimeMs > STALE) await rmdir(path).catch(() => undefined);
    return false;
  }
}
