/**
 * One attempt that only waits: when which member ends, and what the attempt comes to. It has one timer, for
 * the next end of a member; members that end together are told together.
 */
import type {
  AttemptObservation,
  AttemptOutcome,
  AttemptSpec,
  MemberExit,
  MemberObservation,
  MemberSpec,
  StopOrder,
} from '../../core/job/attempt.ts';
import { spoken } from '../../core/time/spoken.ts';
import { type MemberPlan, planOf } from './member-plan.ts';

/** The longest that a timer of Node can wait, milliseconds; what is later is looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;

const NOTE =
  'simulated: no process runs, each member only waits; image, command, volumes and outputs are not used';

/** A member that is planned to end. */
interface Waiting {
  /** Its place in the spec. */
  readonly at: number;
  readonly spec: MemberSpec;
  readonly plan: MemberPlan;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  readonly exit: MemberExit;
  /** It is killed then, because its grace is over. */
  readonly killed: boolean;
}

export interface SimulatedAttemptOptions {
  readonly spec: AttemptSpec;
  /** The nodes of its members, by rank. */
  readonly nodes: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onChange: (seen: AttemptObservation) => void;
}

export class SimulatedAttempt {
  readonly spec: AttemptSpec;
  readonly #now: () => number;
  readonly #onChange: (seen: AttemptObservation) => void;
  readonly #timeoutAt: number;
  readonly #members: MemberObservation[];
  /** By place in the spec. */
  readonly #waiting = new Map<number, Waiting>();
  #seen: AttemptObservation;
  /** What was decided before the last member has ended. */
  #outcome: AttemptOutcome | undefined;
  #killed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ spec, nodes, now, onChange }: SimulatedAttemptOptions) {
    this.spec = spec;
    this.#now = now;
    this.#onChange = onChange;
    const startedAt = now();
    this.#timeoutAt = startedAt + (spec.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#members = spec.members.map(
      ({ role, index, rank }, at): MemberObservation => ({
        role,
        index,
        rank,
        phase: 'running',
        node: nodes[at],
        startedAt,
      }),
    );
    this.#seen = {
      ref: spec.ref,
      phase: 'running',
      startedAt,
      members: [...this.#members],
      outputs: [],
      notes: [NOTE],
    };
    for (const at of spec.members.keys()) this.#plan(at, startedAt);
  }

  get seen(): AttemptObservation {
    return this.#seen;
  }

  get ended(): boolean {
    return this.#seen.phase === 'ended';
  }

  /** Tells that it runs, and lets it go on by itself. */
  begin(): void {
    if (this.#outcome) this.#stopAll(0);
    this.#onChange(this.#seen);
    this.#proceed();
  }

  stop({ graceMs }: StopOrder): void {
    if (this.ended) return;
    this.#outcome ??= { kind: 'stopped', graceExceeded: false };
    this.#stopAll(graceMs);
    if (this.#seen.phase !== 'stopping') this.#tell({ phase: 'stopping' });
    this.#proceed();
  }

  /** It stops waiting, and tells nothing more. */
  abandon(): void {
    clearTimeout(this.#timer);
  }

  /** The one line of a member's log, and whether it is all there will be. Undefined: there is no such member. */
  logOf(role: string, index: number): { readonly text: string; readonly complete: boolean } | undefined {
    const at = this.spec.members.findIndex((member) => member.role === role && member.index === index);
    const member = this.spec.members[at];
    const seen = this.#members[at];
    if (!member || !seen) return undefined;
    const plan = planOf(member);
    const text =
      'problem' in plan
        ? `simulated: ${plan.problem}`
        : `simulated on ${seen.node}: waits for ${spoken(plan.durationMs)}, then exits with ${plan.exitCode}`;
    const time = new Date(seen.startedAt ?? 0).toISOString();
    return { text: `${time.slice(0, -1)}000000Z stdout F ${text}\n`, complete: seen.phase === 'ended' };
  }

  #plan(at: number, startedAt: number): void {
    const spec = this.spec.members[at] as MemberSpec;
    const plan = planOf(spec);
    if ('problem' in plan) {
      const { role, index } = spec;
      const failure = { reason: 'StartFailed', message: plan.problem } as const;
      this.#outcome ??= { kind: 'failed', ...failure, member: { role, index } };
      this.#waiting.set(at, {
        at,
        spec,
        plan: { durationMs: 0, exitCode: 0, stopMs: 0 },
        endsAt: startedAt,
        exit: failure,
        killed: false,
      });
      return;
    }
    const endsAt = startedAt + plan.durationMs;
    this.#waiting.set(at, { at, spec, plan, endsAt, exit: { exitCode: plan.exitCode }, killed: false });
  }

  /** A later order can only make it shorter. */
  #stopAll(graceMs: number): void {
    const now = this.#now();
    for (const [at, waiting] of this.#waiting) {
      const killed = waiting.plan.stopMs > graceMs;
      const endsAt = now + Math.min(waiting.plan.stopMs, graceMs);
      const exit = { signal: killed ? 'SIGKILL' : 'SIGTERM' };
      if (endsAt < waiting.endsAt) this.#waiting.set(at, { ...waiting, endsAt, exit, killed });
    }
  }

  /** Ends whoever is due, and sets the timer for who is next. */
  #proceed(): void {
    clearTimeout(this.#timer);
    this.#endAllDue();
    if (!this.ended && !this.#outcome && this.#now() >= this.#timeoutAt) {
      this.#timedOut();
      this.#endAllDue();
    }
    if (this.ended) return;
    const next = [...this.#waiting.values()].reduce(
      (first, { endsAt }) => Math.min(first, endsAt),
      this.#outcome ? Number.POSITIVE_INFINITY : this.#timeoutAt,
    );
    this.#timer = setTimeout(() => this.#proceed(), Math.min(LONGEST_TIMER, Math.max(1, next - this.#now())));
  }

  /** An end can bring about others at the same moment. */
  #endAllDue(): void {
    for (let due = this.#due(); due.length > 0; due = this.#due()) this.#end(due);
  }

  #due(): Waiting[] {
    const now = this.#now();
    const due = [...this.#waiting.values()].filter(({ endsAt }) => endsAt <= now);
    return due.sort((a, b) => a.endsAt - b.endsAt || a.at - b.at);
  }

  #end(due: readonly Waiting[]): void {
    for (const { at, spec, exit, endsAt, killed } of due) {
      const { role, index } = spec;
      this.#waiting.delete(at);
      this.#killed ||= killed;
      this.#members[at] = {
        ...(this.#members[at] as MemberObservation),
        phase: 'ended',
        endedAt: endsAt,
        exit,
      };
      const { exitCode = 0 } = exit;
      if (exitCode === 0 || this.#outcome) continue;
      const who = this.spec.members.length === 1 ? '' : `${role}-${index}: `;
      const message = `${who}exited with code ${exitCode}`;
      this.#outcome = { kind: 'failed', reason: 'ExitCode', message, member: { role, index }, exitCode };
      this.#stopAll(this.spec.graceMs);
    }
    if (this.#waiting.size > 0) this.#tell({ phase: this.#outcome ? 'stopping' : this.#seen.phase });
    else this.#tell({ phase: 'ended', endedAt: this.#now(), outcome: this.#finally() });
  }

  #finally(): AttemptOutcome {
    if (this.#outcome?.kind === 'stopped') return { kind: 'stopped', graceExceeded: this.#killed };
    return this.#outcome ?? { kind: 'succeeded' };
  }

  #timedOut(): void {
    const message = `ran longer than its timeout of ${spoken(this.spec.timeoutMs ?? 0)}`;
    this.#outcome = { kind: 'failed', reason: 'Timeout', message };
    this.#stopAll(this.spec.graceMs);
    this.#tell({ phase: 'stopping' });
  }

  #tell(change: Partial<AttemptObservation>): void {
    this.#seen = { ...this.#seen, ...change, members: [...this.#members] };
    this.#onChange(this.#seen);
  }
}
