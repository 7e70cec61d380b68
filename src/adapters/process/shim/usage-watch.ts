/**
 * Looks at the members' memory again and again: often when one nears its limit, rarely when all
 * are quiet, and never for more than a small part of the time.
 */
import type { MemberProcess, ProcessSet } from '../process-set.ts';
import type { Member } from './member.ts';
import type { Usage } from './usage.ts';

const FIRST_LOOK_MS = 20;
const SHORTEST_MS = 25;
const REPORT_EVERY_MS = 5000;
/** The whole process table is read at most this part of the time. */
const SWEEP_TIME_SHARE = 1 / 500;
const LEAST_SWEEP_MS = 10_000;

export interface UsageEvents {
  /** Called once for a member, when it is found above its limit. */
  readonly onOver: (member: Member, bytes: number) => void;
  /** Called when what a member used has changed enough to tell. */
  readonly onUsage: (member: Member, usage: Usage) => void;
}

interface Reported {
  readonly at: number;
  readonly usage: Usage;
}

export class UsageWatch {
  readonly #processes: ProcessSet;
  readonly #pollMs: number;
  readonly #events: UsageEvents;
  readonly #reported = new Map<Member, Reported>();
  readonly #over = new Set<Member>();
  #members: readonly Member[] = [];
  #timer: NodeJS.Timeout | undefined;
  #interval = FIRST_LOOK_MS;
  #sweepAt = performance.now() + LEAST_SWEEP_MS;

  /** @param pollMs the usual time between two looks */
  constructor(processes: ProcessSet, pollMs: number, events: UsageEvents) {
    this.#processes = processes;
    this.#pollMs = pollMs;
    this.#events = events;
  }

  start(members: readonly Member[]): void {
    this.#members = members;
    this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const began = performance.now();
    const processes = this.#find(began);
    let limitInMs = Number.POSITIVE_INFINITY;
    for (const member of this.#members.filter(({ exited }) => !exited)) {
      const own = processes.filter(({ rank }) => rank === member.spec.rank);
      const sample = member.meter.sample(own, performance.now());
      limitInMs = Math.min(limitInMs, sample.limitInMs);
      if (sample.overBytes !== undefined) this.#tellOver(member, sample.overBytes);
      this.#tellUsage(member, began);
    }
    this.#interval = Math.min(this.#interval * 2, this.#pollMs);
    const soon = Math.max(SHORTEST_MS, Math.min(this.#interval, limitInMs / 2));
    this.#timer = setTimeout(() => this.#look(), Math.max(soon, (performance.now() - began) * 20));
  }

  #find(now: number): MemberProcess[] {
    if (now < this.#sweepAt) return this.#processes.descend();
    const found = this.#processes.sweep();
    this.#sweepAt = now + Math.max(LEAST_SWEEP_MS, (performance.now() - now) / SWEEP_TIME_SHARE);
    return found;
  }

  #tellOver(member: Member, bytes: number): void {
    if (this.#over.has(member)) return;
    this.#over.add(member);
    this.#events.onOver(member, bytes);
  }

  /** By growth, not by the clock, so that a long job does not fill its journal. */
  #tellUsage(member: Member, now: number): void {
    const last = this.#reported.get(member) ?? { at: now, usage: { cpuMs: 0 } };
    this.#reported.set(member, last);
    const { usage } = member.meter;
    const grown =
      (usage.peakMemoryBytes ?? 0) > (last.usage.peakMemoryBytes ?? 0) * 1.1 ||
      usage.cpuMs > last.usage.cpuMs * 1.25;
    if (!grown || now - last.at < REPORT_EVERY_MS) return;
    this.#reported.set(member, { at: now, usage });
    this.#events.onUsage(member, usage);
  }
}
