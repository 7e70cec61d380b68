/**
 * One member: its process, the pipes its output comes through, its log, its use of memory and
 * processor. It reports its exit and the end of its streams, and decides nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs';
import type { Readable } from 'node:stream';
import type { MemberSpec } from '../../../core/job/attempt.ts';
import type { ControlGroup } from '../cgroup/control-group.ts';
import { ownGroups } from '../cgroup/own-groups.ts';
import type { RunAs } from '../launch.ts';
import { readStat } from '../procfs.ts';
import { CriEncoder, criLine, type StreamName } from './cri.ts';
import type { LogFile } from './log-file.ts';
import type { Pipe } from './pipes.ts';
import type { Runnable } from './preflight.ts';
import { UsageMeter } from './usage.ts';
import type { Cause, RawExit } from './verdict.ts';

/** Between 0 and 1000: the kernel, short of memory, takes a member before the shim or the server. */
const OOM_SCORE = 500;

export interface MemberStart {
  readonly spec: MemberSpec;
  readonly runnable: Runnable;
  readonly env: Readonly<Record<string, string>>;
  readonly runAs?: RunAs | undefined;
  readonly log: LogFile;
  /** Standard output and error; without them the member is connected by sockets. */
  readonly pipes?: readonly [Pipe, Pipe] | undefined;
  /** Where it and all that it starts lives. */
  readonly group?: ControlGroup | undefined;
}

export class Member {
  readonly spec: MemberSpec;
  readonly meter: UsageMeter;
  readonly group: ControlGroup | undefined;
  readonly pid: number;
  readonly start: number;
  readonly startedAt: number;
  /** Set before the runner kills it, so that the exit can be told. */
  cause: Cause | undefined;
  exited = false;
  /** Resolves when the log, once complete, is on the disk. */
  logOnDisk: Promise<void> = Promise.resolve();
  readonly #child: ChildProcess;
  readonly #log: LogFile;
  readonly #streams: readonly Readable[];

  constructor(order: MemberStart, child: ChildProcess, pid: number) {
    this.spec = order.spec;
    this.group = order.group;
    // The kernel holds it to its limit, where it has a group of its own.
    this.meter = new UsageMeter(order.group ? undefined : order.spec.resources.memory);
    this.#log = order.log;
    this.#child = child;
    this.pid = pid;
    this.start = readStat(pid)?.start ?? 0;
    this.startedAt = Date.now();
    this.#streams = order.pipes?.map(({ read }) => read) ?? [child.stdout!, child.stderr!];
  }

  onExit(listener: (raw: RawExit) => void): void {
    this.#child.once('exit', (code, signal) => {
      this.exited = true;
      listener({ code, signal });
    });
  }

  /** Copies both streams to the log. Resolves, with the bytes lost, when both have ended. */
  async copyOutput(): Promise<number> {
    const [out, err] = this.#streams;
    await Promise.all([this.#copy(out!, 'stdout'), this.#copy(err!, 'stderr')]);
    this.logOnDisk = this.#log.close();
    return this.#log.lost;
  }

  /** Adds a line of our own to the member's log. */
  say(text: string): void {
    this.#log.append(criLine(Date.now(), 'stderr', text));
  }

  /** Stops listening: for when a process out of reach still holds the other end. */
  cutOutput(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #copy(stream: Readable, name: StreamName): Promise<void> {
    const encoder = new CriEncoder(name, (lines) => this.#log.append(lines));
    return new Promise((resolve) => {
      stream.on('data', (bytes: Buffer) => encoder.feed(bytes, Date.now()));
      stream.on('error', () => stream.destroy());
      stream.on('close', () => {
        encoder.end(Date.now());
        resolve();
      });
    });
  }
}

/** @throws Error when the system does not start it */
export async function startMember(order: MemberStart): Promise<Member> {
  const child = order.group ? launchInside(order, order.group) : launchChild(order);
  if (child.pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw error;
  }
  writeFile(`/proc/${child.pid}/oom_score_adj`, String(OOM_SCORE), () => undefined);
  return new Member(order, child, child.pid);
}

/**
 * A child is born in the group of its parent: the shim goes there for the moment of the fork, which also works
 * for a child that may not write there itself.
 */
function launchInside(order: MemberStart, group: ControlGroup): ChildProcess {
  const back = ownGroups();
  group.enter(process.pid);
  try {
    return launchChild(order);
  } finally {
    back(group);
  }
}

function launchChild({ spec, runnable, env, runAs, pipes }: MemberStart): ChildProcess {
  return spawn(runnable.file, spec.argv.slice(1), {
    argv0: spec.argv[0],
    cwd: runnable.cwd,
    env,
    // A session and process group of its own.
    detached: true,
    stdio: ['ignore', pipes?.[0].write ?? 'pipe', pipes?.[1].write ?? 'pipe'],
    ...(runAs ?? {}),
  });
}
