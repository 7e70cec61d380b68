/**
 * The processes of an attempt: its members and all that they started, wherever those went. A
 * process belongs to a member by descent, by session, or by the mark in its environment, which a
 * double fork and a session of its own do not take away. What clears its environment and leaves its
 * parent and its session between two looks, all three, is found only by the output that it still holds,
 * unless the member has a control group: nothing leaves that.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptSpec } from '../../core/job/attempt.ts';
import type { ControlGroup } from './cgroup/control-group.ts';
import type { ProcessIdentity } from './launch.ts';
import { MARK_VARIABLE, markOf } from './member-env.ts';
import { allProcesses, childrenOf, isDead, type ProcessStat, readEnviron, readStat } from './procfs.ts';

/** From SIGKILL to the look whether it worked. */
export const KILL_MS = 4;

export interface MemberProcess extends ProcessStat {
  /** Of the member it belongs to. */
  readonly rank: number;
}

interface Known {
  readonly start: number;
  readonly rank: number;
}

export class ProcessSet {
  readonly #spec: AttemptSpec;
  readonly #notBefore: number;
  readonly #leaders = new Map<number, Known>();
  readonly #known = new Map<number, Known>();
  /** Looked at and found to be others': pid → start. */
  readonly #foreign = new Map<number, number>();

  readonly #groups: ReadonlyMap<number, ControlGroup>;

  /**
   * @param notBefore clock ticks after boot; no process of the attempt is older
   * @param groups by rank: nothing leaves these, whatever it clears, forks or detaches
   */
  constructor(spec: AttemptSpec, notBefore: number, groups: ReadonlyMap<number, ControlGroup> = new Map()) {
    this.#spec = spec;
    this.#groups = groups;
    this.#notBefore = notBefore;
  }

  /** Adds a member's first process, the leader of its session. */
  addLeader(rank: number, { pid, start }: ProcessIdentity): void {
    this.#leaders.set(pid, { start, rank });
    this.#known.set(pid, { start, rank });
  }

  /** Living processes found by descent from known ones. Cheap; misses those that changed their parent unseen. */
  descend(): MemberProcess[] {
    const found: MemberProcess[] = [];
    const pids = [...this.#known.keys()];
    for (let pid = pids.pop(); pid !== undefined; pid = pids.pop()) {
      const known = this.#known.get(pid);
      const stat = readStat(pid);
      if (known === undefined || stat === undefined || stat.start !== known.start || isDead(stat)) {
        this.#known.delete(pid);
        continue;
      }
      found.push({ ...stat, rank: known.rank });
      pids.push(...this.#adopt(childrenOf(pid), known.rank));
    }
    return found;
  }

  /** Living processes found in the whole table. Costs some 20 µs for each process of the machine. */
  sweep(): MemberProcess[] {
    const table = new Map(allProcesses().map((stat) => [stat.pid, stat]));
    const ranks = new Map<number, number | undefined>();
    const found: MemberProcess[] = [];
    for (const stat of table.values()) {
      const rank = this.#rankOf(stat, table, ranks);
      if (rank === undefined || isDead(stat)) continue;
      this.#known.set(stat.pid, { start: stat.start, rank });
      found.push({ ...stat, rank });
    }
    return [...found, ...this.#inGroups(new Set(found.map(({ pid }) => pid)))];
  }

  #inGroups(seen: ReadonlySet<number>): MemberProcess[] {
    const found: MemberProcess[] = [];
    for (const [rank, group] of this.#groups) {
      for (const pid of group.pids()) {
        const stat = seen.has(pid) || pid === process.pid ? undefined : readStat(pid);
        if (stat === undefined || isDead(stat)) continue;
        this.#known.set(pid, { start: stat.start, rank });
        found.push({ ...stat, rank });
      }
    }
    return found;
  }

  #adopt(children: readonly number[], rank: number): number[] {
    const added = children.filter((pid) => !this.#known.has(pid));
    for (const pid of added) {
      const start = readStat(pid)?.start;
      if (start !== undefined) this.#known.set(pid, { start, rank });
    }
    return added;
  }

  /** Remembers its answers in `ranks`, also while it climbs: a loop among parents ends. */
  #rankOf(
    stat: ProcessStat,
    table: ReadonlyMap<number, ProcessStat>,
    ranks: Map<number, number | undefined>,
  ): number | undefined {
    if (ranks.has(stat.pid)) return ranks.get(stat.pid);
    ranks.set(stat.pid, undefined);
    const known = this.#known.get(stat.pid);
    const rank = known?.start === stat.start ? known.rank : this.#findRank(stat, table, ranks);
    ranks.set(stat.pid, rank);
    return rank;
  }

  #findRank(
    stat: ProcessStat,
    table: ReadonlyMap<number, ProcessStat>,
    ranks: Map<number, number | undefined>,
  ): number | undefined {
    if (stat.start < this.#notBefore || stat.pid === process.pid) return undefined;
    const parent = table.get(stat.ppid);
    const inherited = parent === undefined ? undefined : this.#rankOf(parent, table, ranks);
    return this.#bySession(stat, table) ?? inherited ?? this.#byMark(stat);
  }

  /** While a session has processes its leader's pid is not given to another. */
  #bySession(stat: ProcessStat, table: ReadonlyMap<number, ProcessStat>): number | undefined {
    const leader = this.#leaders.get(stat.session);
    if (leader === undefined) return undefined;
    const holder = table.get(stat.session);
    return holder === undefined || holder.start === leader.start ? leader.rank : undefined;
  }

  #byMark(stat: ProcessStat): number | undefined {
    if (this.#foreign.get(stat.pid) === stat.start) return undefined;
    const environ = readEnviron(stat.pid);
    // Empty in the middle of an exec: look again next time.
    if (environ === undefined) return undefined;
    if (environ.get(MARK_VARIABLE) === markOf(this.#spec.ref)) return this.#rankByRole(environ);
    this.#foreign.set(stat.pid, stat.start);
    return undefined;
  }

  #rankByRole(environ: ReadonlyMap<string, string>): number {
    const member = this.#spec.members.find(
      ({ role, index }) =>
        role === environ.get('CAPSTAN_ROLE') && String(index) === environ.get('CAPSTAN_ROLE_INDEX'),
    );
    return member?.rank ?? 0;
  }
}

/**
 * Asks processes to end, each exactly once: many programs take a second SIGTERM for impatience.
 * Groups are signalled whole, so that no child born meanwhile is missed.
 */
export function terminate(processes: readonly ProcessStat[], leaders: ReadonlySet<number>): void {
  const groups = new Set(processes.map(({ group }) => group).filter((group) => leaders.has(group)));
  for (const group of groups) signal(-group, 'SIGTERM');
  for (const { pid, group } of processes) if (!groups.has(group)) signal(pid, 'SIGTERM');
}

/** Kills all of them, and those that they start meanwhile. Resolves when none lives. */
export async function killAll(processes: ProcessSet): Promise<void> {
  for (let alive = processes.sweep(); alive.length > 0; alive = processes.sweep()) {
    kill(alive);
    await delay(KILL_MS);
  }
}

export function kill(processes: readonly ProcessStat[]): void {
  for (const { pid } of processes) signal(pid, 'SIGKILL');
}

/** @returns false when there was nobody to signal */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
