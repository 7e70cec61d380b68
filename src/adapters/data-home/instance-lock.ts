/**
 * One Capstan per data directory. The kernel's lock decides; the file beside it only says who
 * holds it, for the message that a second starter prints.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirHeld, DataHomeError } from './errors.ts';
import { type KernelLock, tryKernelLock } from './kernel-lock.ts';
import { identityOf, type ProcessIdentity, stillLives } from './process-identity.ts';

export const LOCK_FILE = 'lock';
const HOLDER_FILE = 'holder.json';

/** How long a refused starter waits for the holder to have written its name, in milliseconds. */
const HOLDER_PATIENCE = 1000;
const HOLDER_POLL = 20;

export interface InstanceLock {
  readonly pid: number;
  readonly since: Date;
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  readonly since: string;
}

/** @throws DataDirHeld when another instance has the directory. */
export async function takeInstanceLock(dir: string, now: Date): Promise<InstanceLock> {
  const lock = tryLock(dir);
  if (!lock) throw new DataDirHeld(dir, await liveHolder(dir));
  try {
    await writeHolder(dir, now);
  } catch (error) {
    lock.release();
    throw unusable(dir, error);
  }
  return { pid: process.pid, since: now, release: () => release(dir, lock) };
}

function tryLock(dir: string): KernelLock | undefined {
  try {
    return tryKernelLock(join(dir, LOCK_FILE));
  } catch (error) {
    throw unusable(dir, error);
  }
}

function unusable(dir: string, cause: unknown): DataHomeError {
  return new DataHomeError('DataDirUnusable', {
    message: `cannot lock ${dir}: ${cause instanceof Error ? cause.message : String(cause)}`,
    next: 'Check that this user owns it and that the file system is writable, or choose another with --data.',
    cause,
  });
}

async function writeHolder(dir: string, since: Date): Promise<void> {
  const holder: Holder = { ...identityOf(process.pid), since: since.toISOString() };
  const draft = join(dir, `${HOLDER_FILE}.new`);
  await writeFile(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  await rename(draft, join(dir, HOLDER_FILE));
}

async function release(dir: string, lock: KernelLock): Promise<void> {
  // The name goes first: once the lock is free, it is the next holder's.
  await rm(join(dir, HOLDER_FILE), { force: true });
  lock.release();
}

/** The holder takes the lock first and writes its name after: wait a little for a name that is true. */
async function liveHolder(dir: string): Promise<{ pid: number; since: Date } | undefined> {
  for (let waited = 0; waited <= HOLDER_PATIENCE; waited += HOLDER_POLL) {
    const holder = await readHolder(dir);
    if (holder && stillLives(holder)) return { pid: holder.pid, since: new Date(holder.since) };
    await delay(HOLDER_POLL);
  }
  return undefined;
}

/** Who holds the directory now, without taking it. */
export async function holderOf(dir: string): Promise<{ pid: number; since: Date } | undefined> {
  const holder = await readHolder(dir);
  return holder && stillLives(holder) ? { pid: holder.pid, since: new Date(holder.since) } : undefined;
}

async function readHolder(dir: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, HOLDER_FILE), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
