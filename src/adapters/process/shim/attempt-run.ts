/**
 * One attempt from its start to the end of its last process: the states a shim goes through. What
 * happens to members comes in as events; each is written to the journal before it has effects.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptOutcome, MemberExit, StopOrder } from '../../../core/job/attempt.ts';
import { groupsOf } from '../cgroup/groups-of.ts';
import type { JournalEntry } from '../journal.ts';
import { type KeptStopOrder, type Launch, readJson } from '../launch.ts';
import { type AttemptLayout, layoutOf } from '../layout.ts';
import { overriddenVariables } from '../member-env.ts';
import { KILL_MS, kill, killAll, type MemberProcess, ProcessSet, terminate } from '../process-set.ts';
import { holdersOf, kernelOomKills, type ProcessStat, ticksSinceBoot } from '../procfs.ts';
import { makeDirectories, startGang } from './gang.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { Member } from './member.ts';
import { missingOutput, presentOutputs } from './outputs.ts';
import { pipePrefix } from './pipes.ts';
import { ReapedCpu } from './reaped-cpu.ts';
import { unsupportedField, unusedFields } from './unsupported.ts';
import { UsageWatch } from './usage-watch.ts';
import {
  type Failure,
  failureOf,
  judgeEndedExit,
  judgeExit,
  mebibytes,
  memberName,
  type RawExit,
  seconds,
} from './verdict.ts';

/** How long a stream may stay open after the last process that is known has gone. */
const STREAM_LINGER_MS = 1000;
/** When to look for who holds it open. */
const HOLDER_MS = 50;
/** Between two looks for what is still alive. */
const SWEEP_MS = 20;
/** The longest delay that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Ending {
  /** What the attempt will have ended as, unless it turns out otherwise. */
  readonly outcome: Failure | { readonly kind: 'stopped' };
  readonly why: string;
  /** When it began and when patience ends, on the clock of `performance.now()`. */
  readonly since: number;
  deadline: number;
  /** The members were sent SIGTERM. */
  readonly told: boolean;
  /** What was told to end had to be killed. */
  killed: boolean;
}

export class AttemptRun {
  readonly #launch: Launch;
  readonly #layout: AttemptLayout;
  readonly #journal: JournalWriter;
  readonly #processes: ProcessSet;
  readonly #usage: UsageWatch;
  readonly #cpu = new ReapedCpu();
  readonly #oomKills = kernelOomKills();
  readonly #allExited = Promise.withResolvers<void>();
  #members: readonly Member[] = [];
  #copies: readonly Promise<void>[] = [];
  #ending: Ending | undefined;
  /** Leftover processes that a note has named. */
  readonly #named = new Set<number>();
  #graceTimer: NodeJS.Timeout | undefined;
  #timeoutTimer: NodeJS.Timeout | undefined;

  constructor(dir: string, launch: Launch, journal: JournalWriter) {
    this.#launch = launch;
    this.#layout = layoutOf(dir);
    this.#journal = journal;
    this.#processes = new ProcessSet(launch.spec, ticksSinceBoot(), groupsOf(launch));
    this.#usage = new UsageWatch(this.#processes, launch.pollMs, {
      onOver: (member, bytes) => this.#outOfMemory(member, bytes),
      onUsage: (member, usage) =>
        this.#journal.append({ kind: 'member-usage', rank: member.spec.rank, ...usage }),
    });
  }

  /** Runs the attempt to its end. Resolves when the outcome is on the disk. */
  async run(): Promise<void> {
    this.#writeNotes();
    const refused = await this.#begin();
    if (this.#members.length > 0) await this.#untilGone();
    const outcome = refused ?? this.#judge();
    const outputs = presentOutputs(this.#layout, this.#launch.spec.outputs);
    this.#journal.append({ kind: 'ended', at: Date.now(), outcome, outputs });
    await Promise.all([this.#journal.close(), ...this.#members.map(({ logOnDisk }) => logOnDisk)]);
  }

  /** Reads the order to stop, if there is one. Safe to call at any time, any number of times. */
  obey(): void {
    const order = readJson<KeptStopOrder>(this.#layout.stop);
    if (order !== undefined && this.#someRun()) this.#end({ kind: 'stopped' }, order);
  }

  /** Kills everything at once: for when the shim itself cannot go on. Resolves when no process lives. */
  abandon(): Promise<void> {
    return killAll(this.#processes);
  }

  #writeNotes(): void {
    const { spec } = this.#launch;
    const overridden = spec.members.flatMap((member) =>
      overriddenVariables(this.#launch, this.#layout, member),
    );
    const notes = [
      ...unusedFields(spec),
      ...[...new Set(overridden)].map(
        (name) => `the variable ${name} is set by Capstan; the job's own value is not used`,
      ),
    ];
    this.#journal.append(...notes.map((text) => ({ kind: 'note', text }) as const));
  }

  /** @returns how it ended when it did not even start */
  async #begin(): Promise<AttemptOutcome | undefined> {
    const unsupported = unsupportedField(this.#launch.spec);
    if (unsupported !== undefined) return unsupported;
    if (readJson(this.#layout.stop) !== undefined) return { kind: 'stopped', graceExceeded: false };
    makeDirectories(this.#launch, this.#layout);
    const gang = await startGang(this.#launch, this.#layout);
    if (gang.kind === 'failed' && gang.members.length === 0) return gang.failure;
    this.#follow(gang.members, gang.kind === 'started');
    if (gang.kind === 'started') this.#started();
    else this.#end(gang.failure, { graceMs: 0, why: gang.failure.message });
    return undefined;
  }

  #follow(members: readonly Member[], whole: boolean): void {
    this.#members = members;
    this.#cpu.begin();
    for (const member of members) {
      this.#processes.addLeader(member.spec.rank, member);
      member.onExit((raw) => this.#exited(member, raw));
    }
    this.#copies = members.map((member) => this.#copyOutput(member));
    this.#journal.append(
      ...members.map(startEntry),
      ...(whole ? [{ kind: 'running', at: Date.now() } as const] : []),
    );
  }

  #started(): void {
    this.#usage.start(this.#members);
    this.#armTimeout();
    // An order that came while the gang was being started.
    this.obey();
  }

  async #copyOutput(member: Member): Promise<void> {
    const lost = await member.copyOutput();
    if (lost > 0) this.#note(`${lost} bytes of the log of ${memberName(member.spec)} could not be written`);
    this.#journal.append({ kind: 'log-closed', rank: member.spec.rank });
  }

  #exited(member: Member, raw: RawExit): void {
    // Now: the group is gone when the processor time is told.
    const peak = member.group?.peakBytes();
    this.#cpu.credit(member, (usage) => {
      const peakMemoryBytes = peak ?? usage.peakMemoryBytes;
      this.#journal.append({ kind: 'member-usage', rank: member.spec.rank, ...usage, peakMemoryBytes });
    });
    this.#killedByKernel(member, raw);
    const exit = this.#judgeExit(member, raw);
    this.#journal.append({ kind: 'member-ended', at: Date.now(), rank: member.spec.rank, exit });
    if (this.#ending === undefined && exit.reason !== undefined) this.#failed(failureOf(member.spec, exit));
    if (!this.#someRun()) this.#allExited.resolve();
    else if (this.#ending === undefined) this.#killLeftovers(this.#leftoversOf(member));
  }

  /** The rest of a gang gets its grace; what the last member left behind does not. */
  #failed(outcome: Failure): void {
    const why = outcome.message;
    const now = performance.now();
    if (this.#someRun()) this.#end(outcome, { graceMs: this.#launch.spec.graceMs, why });
    else this.#ending = { outcome, why, told: false, since: now, deadline: now, killed: false };
  }

  #someRun(): boolean {
    return this.#members.some(({ exited }) => !exited);
  }

  #judgeExit(member: Member, raw: RawExit): MemberExit {
    if (this.#ending !== undefined && member.cause === undefined) {
      const { why, killed, since } = this.#ending;
      return judgeEndedExit(raw, why, killed ? performance.now() - since : undefined);
    }
    return judgeExit(raw, member.cause, kernelOomKills() > this.#oomKills);
  }

  #outOfMemory(member: Member, bytes: number): void {
    const limit = member.spec.resources.memory ?? 0;
    const message = `used ${mebibytes(bytes)} of memory, more than its limit of ${mebibytes(limit)}, and was killed`;
    member.cause = { reason: 'OutOfMemory', message };
    member.say(`capstan: ${message}`);
    kill(this.#leftoversOf(member));
  }

  /** In a group of its own the kernel is exact: of a member that ended well, none of its processes was needed. */
  #killedByKernel(member: Member, raw: RawExit): void {
    if (member.cause !== undefined || raw.code === 0 || (member.group?.oomKills() ?? 0) === 0) return;
    const limit = mebibytes(member.spec.resources.memory ?? 0);
    const message = `used more memory than its limit of ${limit}, and was killed by the kernel`;
    member.cause = { reason: 'OutOfMemory', message };
    member.say(`capstan: ${message}`);
  }

  /** Chained, because a timer takes 24 days at most. */
  #armTimeout(sinceMs = performance.now()): void {
    const { timeoutMs, graceMs } = this.#launch.spec;
    if (timeoutMs === undefined) return;
    const left = timeoutMs - (performance.now() - sinceMs);
    if (left > 0) {
      this.#timeoutTimer = setTimeout(() => this.#armTimeout(sinceMs), Math.min(left, MAX_TIMER_MS));
      return;
    }
    const message = `ran longer than its timeout of ${seconds(timeoutMs)}`;
    this.#end({ kind: 'failed', reason: 'Timeout', message }, { graceMs, why: message });
  }

  /** Begins to end the attempt, or ends it sooner; never later than was already said. */
  #end(outcome: Ending['outcome'], { graceMs, why }: StopOrder): void {
    const since = performance.now();
    const deadline = since + graceMs;
    if (this.#ending === undefined) {
      this.#ending = { outcome, why, told: true, since, deadline, killed: false };
      this.#journal.append({ kind: 'stopping', at: Date.now(), why });
      terminate(this.#processes.sweep(), new Set(this.#members.map(({ pid }) => pid)));
    } else {
      this.#ending.deadline = Math.min(this.#ending.deadline, deadline);
    }
    this.#armGrace();
  }

  #armGrace(): void {
    clearTimeout(this.#graceTimer);
    if (this.#ending === undefined) return;
    const left = this.#ending.deadline - performance.now();
    if (left <= 0) this.#graceOver(this.#ending);
    else this.#graceTimer = setTimeout(() => this.#armGrace(), Math.min(left, MAX_TIMER_MS));
  }

  #graceOver(ending: Ending): void {
    const alive = this.#processes.sweep();
    if (alive.length === 0) return;
    ending.killed = true;
    kill(alive);
  }

  /** Waits for the last process, also of those that left their member, and for the end of all output. */
  async #untilGone(): Promise<void> {
    await this.#allExited.promise;
    clearTimeout(this.#timeoutTimer);
    this.#usage.stop();
    while (await this.#someLive());
    clearTimeout(this.#graceTimer);
    for (const { group } of this.#members) group?.remove();
    await this.#untilOutputEnds();
  }

  /** Looks once for what is alive, kills what may not be, and gives it time to go. */
  async #someLive(): Promise<boolean> {
    const began = performance.now();
    const alive = this.#processes.sweep();
    if (alive.length === 0) return false;
    const mayLive = this.#ending !== undefined && began < this.#ending.deadline;
    if (!mayLive) this.#killLeftovers(alive);
    await delay(mayLive ? Math.max(SWEEP_MS, 20 * (performance.now() - began)) : KILL_MS);
    return true;
  }

  /** Who still holds a pipe's other end, once nobody is known to live, got away: it is found by the pipe. */
  async #untilOutputEnds(): Promise<void> {
    const find = setTimeout(() => this.#killLeftovers(holdersOf(pipePrefix(this.#layout.dir))), HOLDER_MS);
    const cut = setTimeout(() => this.#cutOutput(), STREAM_LINGER_MS);
    await Promise.all(this.#copies);
    clearTimeout(find);
    clearTimeout(cut);
    // Lets the processor time of the last exits be counted.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #leftoversOf(member: Member): MemberProcess[] {
    return this.#processes.sweep().filter(({ rank }) => rank === member.spec.rank);
  }

  #cutOutput(): void {
    this.#note('the output was cut: a process that could not be found still held its other end');
    for (const member of this.#members) member.cutOutput();
  }

  #killLeftovers(left: readonly ProcessStat[]): void {
    kill(left);
    if (this.#ending?.told) {
      this.#ending.killed ||= left.length > 0;
      return;
    }
    const fresh = left.filter(({ pid }) => !this.#named.has(pid));
    for (const { pid } of fresh) this.#named.add(pid);
    if (fresh.length === 0) return;
    const names = fresh.slice(0, 5).map(({ name, pid }) => `${name} (${pid})`);
    this.#note(`processes outlived the member that started them and were killed: ${names.join(', ')}`);
  }

  #judge(): AttemptOutcome {
    const ending = this.#ending;
    if (ending?.outcome.kind === 'stopped') return { kind: 'stopped', graceExceeded: ending.killed };
    if (ending !== undefined) return ending.outcome;
    const message = missingOutput(this.#layout, this.#launch.spec.outputs);
    return message === undefined
      ? { kind: 'succeeded' }
      : { kind: 'failed', reason: 'OutputMissing', message };
  }

  #note(text: string): void {
    this.#journal.append({ kind: 'note', text });
  }
}

function startEntry({ spec, pid, start, startedAt }: Member): JournalEntry {
  return { kind: 'member-started', at: startedAt, rank: spec.rank, pid, start };
}
