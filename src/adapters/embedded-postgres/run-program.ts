/** Starts PostgreSQL's programs as the database's user, with their output in a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterPaths, PROGRAM_ENVIRONMENT, type UserIds } from './embedded-postgres.ts';
import { EmbeddedPostgresError, messageOf } from './errors.ts';

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  /** Also how it is found again: see `processesIn`. */
  readonly cwd: string;
  /** What it prints goes here; started over each time. */
  readonly output: string;
  readonly user: UserIds | undefined;
  /** In a session of its own, so that it outlives us and our terminal's signals. */
  readonly detached: boolean;
}

/** @throws EmbeddedPostgresError when it cannot be executed. */
export async function startProgram(program: Program): Promise<ChildProcess> {
  const output = openSync(program.output, 'w', 0o600);
  try {
    const child = spawn(program.path, program.args, {
      cwd: program.cwd,
      detached: program.detached,
      env: PROGRAM_ENVIRONMENT,
      stdio: ['ignore', output, output],
      ...program.user,
    });
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw notExecutable(program, cause);
  } finally {
    closeSync(output);
  }
}

function notExecutable(program: Program, cause: unknown): EmbeddedPostgresError {
  const as = program.user ? ` as user ${program.user.uid}` : '';
  return new EmbeddedPostgresError(program.user ? 'UserSwitchRefused' : 'RuntimeUnusable', {
    message: `cannot execute ${program.path}${as}: ${messageOf(cause)}`,
    next: program.user
      ? 'Run Capstan as an ordinary user, or allow it to switch users (CAP_SETUID, CAP_SETGID).'
      : 'The binaries need glibc and a file system that is not mounted noexec.',
    cause,
  });
}

/** Where PostgreSQL wrote last: before or after its logging collector took over. */
export async function newestLog({ log }: ClusterPaths): Promise<string> {
  const names = (await readdir(log)).filter((name) => name.endsWith('.log'));
  const logs = await Promise.all(
    names.map(async (name) => ({ path: join(log, name), at: (await stat(join(log, name))).mtimeMs })),
  );
  return logs.sort((a, b) => b.at - a.at)[0]?.path ?? log;
}

/** The last lines of a file, for an error's message. */
export async function tailOf(path: string, lines = 8): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
