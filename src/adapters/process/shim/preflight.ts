/**
 * Looks at every member's command and directory before the first of them starts: a gang starts
 * whole or not at all. The rights are worked out for the user that the member will run as, because
 * a shim that is root may do what its members may not.
 */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { FailureReason, MemberSpec } from '../../../core/job/attempt.ts';
import type { RunAs } from '../launch.ts';

/** A member that can be started. */
export interface Runnable {
  readonly file: string;
  readonly cwd: string;
}

export interface Obstacle {
  readonly reason: FailureReason;
  readonly message: string;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  /** Where a member without a working directory runs. */
  readonly workDir: string;
  readonly runAs?: RunAs | undefined;
}

export function inspectMember(member: MemberSpec, around: Surroundings): Runnable | Obstacle {
  const cwd = resolve(around.workDir, member.workingDir ?? '.');
  const directory = inspectDirectory(cwd, around.runAs);
  if (directory !== undefined) return directory;
  return resolveCommand(member.argv[0] ?? '', cwd, around);
}

function inspectDirectory(cwd: string, runAs: RunAs | undefined): Obstacle | undefined {
  const stat = statOf(cwd);
  if (stat === undefined) return missingDir(`workingDir ${cwd} does not exist on this machine`);
  if (!stat.isDirectory()) return missingDir(`workingDir ${cwd} is not a directory`);
  if (mayExecute(cwd, stat, runAs)) return undefined;
  return missingDir(
    `workingDir ${cwd} is closed to ${who(runAs)}: grant x on it and the directories above it`,
  );
}

function missingDir(message: string): Obstacle {
  return { reason: 'WorkingDirMissing', message };
}

/** As execvp(3) finds a program: a name with a slash is a path, any other is looked for in PATH. */
function resolveCommand(command: string, cwd: string, around: Surroundings): Runnable | Obstacle {
  const path = around.env.PATH ?? '';
  const candidates = command.includes('/')
    ? [resolve(cwd, command)]
    : path.split(':').map((dir) => resolve(cwd, dir === '' ? '.' : dir, command));
  let blocked: string | undefined;
  for (const file of command === '' ? [] : candidates) {
    const stat = statOf(file);
    if (stat === undefined) continue;
    if (stat.isFile() && mayExecute(file, stat, around.runAs)) return { file, cwd };
    blocked ??= stat.isDirectory()
      ? `${file} is a directory`
      : `${file} is not executable by ${who(around.runAs)}`;
  }
  if (blocked !== undefined) return { reason: 'CommandNotExecutable', message: blocked };
  const where =
    command.includes('/') && isAbsolute(candidates[0] ?? '') ? 'on this machine' : `in PATH ${path}`;
  return { reason: 'CommandNotFound', message: `command ${JSON.stringify(command)} was not found ${where}` };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function mayExecute(path: string, stat: Stats, runAs: RunAs | undefined): boolean {
  if (runAs !== undefined) return hasExecuteBit(stat, runAs) && ancestorsOpen(path, runAs);
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function ancestorsOpen(path: string, runAs: RunAs): boolean {
  const parent = dirname(path);
  const stat = statOf(parent);
  if (stat === undefined || !hasExecuteBit(stat, runAs)) return false;
  return parent === path || ancestorsOpen(parent, runAs);
}

/** The class that applies is the first that matches, as the kernel takes it. */
function hasExecuteBit(stat: Stats, { uid, gid }: RunAs): boolean {
  if (uid === 0) return (stat.mode & 0o111) !== 0;
  if (stat.uid === uid) return (stat.mode & 0o100) !== 0;
  return (stat.mode & (stat.gid === gid ? 0o010 : 0o001)) !== 0;
}

function who(runAs: RunAs | undefined): string {
  return `uid ${runAs?.uid ?? process.getuid?.()}`;
}
