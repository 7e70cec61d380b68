/**
 * Starts a gang: looks at all members, makes their directories, logs and pipes, then starts them
 * one after the other without waiting. Either all run afterwards, or none does.
 */
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import type { MemberSpec } from '../../../core/job/attempt.ts';
import type { ControlGroup } from '../cgroup/control-group.ts';
import { groupOf } from '../cgroup/delegation.ts';
import type { Launch, RunAs } from '../launch.ts';
import { type AttemptLayout, logDir, outputDir } from '../layout.ts';
import { memberEnvironment } from '../member-env.ts';
import { createLogFile } from './log-file.ts';
import { type Member, startMember } from './member.ts';
import { closeWriteEnd, makePipes, type Pipe } from './pipes.ts';
import { inspectMember, type Obstacle, type Runnable } from './preflight.ts';
import { type Failure, failureOf } from './verdict.ts';

const PRIVATE = 0o700;
/** Others may pass through to what is theirs, but not look around. */
const PASSABLE = 0o711;

export type GangStart =
  | { readonly kind: 'started'; readonly members: readonly Member[] }
  /** `members` did start before another could not, and are still to be killed. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly members: readonly Member[] };

interface Checked {
  readonly spec: MemberSpec;
  readonly runnable: Runnable;
  readonly env: Readonly<Record<string, string>>;
}

/** Makes what the members find: their work, output and checkpoint directories, owned by their user. */
export function makeDirectories(launch: Launch, layout: AttemptLayout): void {
  mkdirSync(layout.logs, { recursive: true, mode: PRIVATE });
  mkdirSync(layout.files, { recursive: true });
  chmodSync(layout.files, launch.runAs === undefined ? PRIVATE : PASSABLE);
  const theirs = [layout.checkpoint, layout.work, layout.tmp];
  for (const dir of [...theirs, ...launch.spec.outputs.map((output) => outputDir(layout, output))]) {
    giveDirectory(dir, launch.runAs);
  }
}

function giveDirectory(dir: string, runAs: RunAs | undefined): void {
  mkdirSync(dir, { recursive: true, mode: PRIVATE });
  if (runAs !== undefined) chownSync(dir, runAs.uid, runAs.gid);
}

export async function startGang(launch: Launch, layout: AttemptLayout): Promise<GangStart> {
  const checked: Checked[] = [];
  for (const spec of launch.spec.members) {
    const env = memberEnvironment(launch, layout, spec);
    const found = inspectMember(spec, { env, workDir: layout.work, runAs: launch.runAs });
    if (isObstacle(found)) return { kind: 'failed', failure: failureOf(spec, found), members: [] };
    checked.push({ spec, runnable: found, env });
  }
  const pipes = pipesFor(checked.length, launch, layout);
  try {
    return await startAll(checked, pipes, launch, layout);
  } finally {
    pipes.forEach(closeWriteEnd);
  }
}

async function startAll(
  checked: readonly Checked[],
  pipes: readonly Pipe[],
  launch: Launch,
  layout: AttemptLayout,
): Promise<GangStart> {
  const members: Member[] = [];
  for (const [i, { spec, runnable, env }] of checked.entries()) {
    const [out, err] = pipes.slice(2 * i, 2 * i + 2);
    const log = createLogFile(logDir(layout, spec), launch.logCapBytes);
    const pair = out === undefined || err === undefined ? undefined : ([out, err] as const);
    const group = openGroup(launch, spec);
    try {
      members.push(await startMember({ spec, runnable, env, runAs: launch.runAs, log, pipes: pair, group }));
    } catch (error) {
      for (const { read } of pipes.slice(2 * i)) read.destroy();
      return { kind: 'failed', failure: failureOf(spec, refusal(error, runnable.file)), members };
    }
  }
  return { kind: 'started', members };
}

/** A kernel that refuses one is no reason to refuse the job: its memory is polled then, as everywhere else. */
function openGroup(
  { cgroup, spec: { ref } }: Launch,
  { rank, resources }: MemberSpec,
): ControlGroup | undefined {
  if (cgroup === undefined) return undefined;
  const group = groupOf(cgroup, ref, rank);
  try {
    group.create(resources.memory);
    return group;
  } catch {
    group.remove();
    return undefined;
  }
}

/** A script whose interpreter is missing is refused with the same code as a missing program. */
function refusal(error: unknown, file: string): Obstacle {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return {
      reason: 'CommandNotFound',
      message: `${file} names an interpreter that does not exist on this machine`,
    };
  }
  if (code === 'EACCES')
    return { reason: 'CommandNotExecutable', message: `${file} may not be executed: ${message}` };
  return { reason: 'StartFailed', message: `the system did not start ${file}: ${message}` };
}

/** None where the system cannot make FIFOs: members are connected by sockets then. */
function pipesFor(members: number, launch: Launch, layout: AttemptLayout): Pipe[] {
  try {
    return makePipes(layout.dir, 2 * members, launch.runAs);
  } catch {
    return [];
  }
}

function isObstacle(found: Runnable | Obstacle): found is Obstacle {
  return 'reason' in found;
}
