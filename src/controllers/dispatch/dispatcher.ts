/**
 * Hands tasks to the workers that are connected to this server, and takes back what became of them.
 *
 * One turn is under way at a time: it records every success that came in meanwhile and leases as much as
 * there is room for, in one commit (`TaskStore.turn`). No timer: while a turn is in flight, what comes
 * accumulates for the next. What is not a success is decided by the core on the task as it is, and applied
 * as every other transition of a job.
 */

import type { AuditEntry } from '../../core/audit/record.ts';
import type { AttemptOutcome } from '../../core/job/attempt.ts';
import { endLease } from '../../core/job/task.ts';
import type { Ports } from '../../ports/index.ts';
import type {
  Handed,
  Settled,
  TaskDesk,
  TaskResult,
  WorkerOutlet,
  WorkerSeat,
} from '../../ports/task-desk.ts';
import type {
  LaneDemand,
  LeasedTask,
  LeaseRef,
  Slot,
  TaskNote,
  TurnOutcome,
} from '../../ports/task-store.ts';
import { Heartbeats } from './heartbeats.ts';
import { Lanes, laneKey } from './lanes.ts';
import { Notes } from './notes.ts';
import { type Profile, Seat, Seats } from './seats.ts';

type DeskPorts = Pick<
  Ports,
  'tasks' | 'jobs' | 'workers' | 'signals' | 'audit' | 'clock' | 'chance' | 'endings'
>;

export interface DispatchOptions {
  readonly ports: DeskPorts;
  /** This server, as its workers are registered. */
  readonly replica: string;
  /** How long a worker keeps its tasks without being heard, milliseconds. */
  readonly leaseMs: number;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Bounds of one turn. */
const MOST_DONE = 1000;
const MOST_LEASES = 1000;
const MOST_LANES = 512;
/** How long a lost hint can go unnoticed, milliseconds. */
const LOOK_ANYWAY = 1000;
/** How often lanes of new fair keys are looked for while there are hints, milliseconds. */
const LOOK_FOR_LANES = 100;
const TRIES = 5;

interface Settling {
  readonly seat: Seat;
  readonly result: TaskResult;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: unknown) => void;
}

export class Dispatcher implements TaskDesk {
  readonly #with: DispatchOptions;
  readonly #ports: DeskPorts;
  readonly #seats = new Seats();
  readonly #lanes = new Lanes();
  readonly #notes: Notes;
  readonly #heartbeats: Heartbeats;
  #done: Settling[] = [];
  #running = false;
  #over = false;
  /** Queues in which lanes of other fair keys may be. */
  readonly #unlooked = new Set<string>();
  #lookedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DispatchOptions, until: AbortSignal) {
    this.#with = options;
    this.#ports = options.ports;
    this.#notes = new Notes(options.ports);
    this.#heartbeats = new Heartbeats(options);
    const { signals } = options.ports;
    signals.subscribe('task', ({ key }) => this.#hinted(key), until);
    signals.subscribe('event', ({ key }) => key !== '' && this.#changed(key), until);
    const every = setInterval(() => void this.#flush(), this.#heartbeats.everyMs);
    const look = setInterval(() => this.#lookAnyway(), LOOK_ANYWAY);
    until.addEventListener('abort', () => {
      this.#over = true;
      clearInterval(every);
      clearInterval(look);
      clearTimeout(this.#timer);
    });
  }

  seat(given: WorkerSeat, outlet: WorkerOutlet): void {
    const seat = new Seat(given, outlet);
    this.#seats.put(seat)?.outlet.replaced();
    for (const queue of seat.queues) {
      for (const handler of seat.handlers) this.#lanes.add({ queue, handler, fairKey: '' });
      this.#unlooked.add(queue);
    }
    this.#wake();
  }

  unseat(id: string, outlet: WorkerOutlet): void {
    const seat = this.#seats.get(id);
    if (seat?.outlet === outlet) this.#seats.remove(seat);
  }

  resize(id: string, concurrency: number): void {
    const seat = this.#seats.get(id);
    if (!seat) return;
    seat.concurrency = concurrency;
    this.#wake();
  }

  heard(id: string): void {
    const seat = this.#seats.get(id);
    if (seat) seat.heard = true;
  }

  note(id: string, notes: readonly Omit<TaskNote, 'worker'>[]): void {
    const seat = this.#seats.get(id);
    if (seat)
      this.#notes.add(notes.filter((note) => seat.holds(note)).map((note) => ({ ...note, worker: id })));
  }

  async settle(id: string, results: readonly TaskResult[]): Promise<readonly Settled[]> {
    const seat = this.#seats.get(id);
    if (!seat) return results.map(({ uid, attempt }) => ({ uid, attempt, outcome: 'stale' }));
    await this.#notes.flushOf(results);
    const settled = results.map((result) => this.#settleOne(seat, result));
    this.#wake();
    return Promise.all(settled);
  }

  async #settleOne(seat: Seat, result: TaskResult): Promise<Settled> {
    const { uid, attempt } = result;
    if (seat.settling.has(uid)) return { uid, attempt, outcome: 'stale' };
    seat.settling.add(uid);
    try {
      if (result.outcome.kind !== 'succeeded') return await this.#decide(seat, result);
      return await new Promise((resolve, reject) => this.#done.push({ seat, result, resolve, reject }));
    } finally {
      seat.settling.delete(uid);
    }
  }

  /** As if everything had been hinted at. */
  #lookAnyway(): void {
    for (const seat of this.#seats.all()) for (const queue of seat.queues) this.#unlooked.add(queue);
    this.#hinted('');
  }

  #hinted(queue: string): void {
    this.#lanes.hint(queue);
    if (queue !== '') this.#unlooked.add(queue);
    if (this.#seats.size > 0) this.#wake();
  }

  #wake(): void {
    if (!this.#running && !this.#over) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (!this.#over && (await this.#turn()));
    } catch (error) {
      this.#with.onTrouble('dispatch', error);
      this.#timer = setTimeout(() => this.#lookAnyway(), LOOK_ANYWAY);
    } finally {
      this.#running = false;
    }
  }

  /** False when there was nothing to do. */
  async #turn(): Promise<boolean> {
    await this.#lookForLanes();
    const done = this.#done.splice(0, MOST_DONE);
    // Their places are free: what is leased in this very turn may take them.
    for (const { seat, result } of done) this.#seats.release(seat, result);
    const { demands, slots } = this.#wanted(done.length > 0);
    if (done.length === 0 && demands.length === 0) return false;
    const now = this.#ports.clock.now();
    this.#lanes.begin();
    const request = {
      done: done.map(({ seat, result }) => ({
        ...result,
        worker: seat.id,
        by: entryOf(seat, 'task.complete', now),
      })),
      demands,
      slots: slots.map(
        ({ profile, seat }): Slot => ({ profile, worker: seat.id, by: entryOf(seat, 'task.lease', now) }),
      ),
      now,
    };
    const outcome = await this.#ports.tasks.turn(request).catch((error: unknown) => {
      for (const { reject } of done) reject(error);
      throw error;
    });
    this.#recorded(done, outcome);
    this.#learn(demands, slots, outcome.leased);
    await this.#hand(outcome.leased);
    return true;
  }

  /** @param all dry lanes as well: a place or a share of a queue has become free */
  #wanted(all: boolean): { demands: LaneDemand[]; slots: Place[] } {
    const demands: LaneDemand[] = [];
    const slots: Place[] = [];
    const start = this.#lanes.next();
    for (const profile of this.#seats.profiles(MOST_LEASES, { start, may: this.#heartbeats.alive() })) {
      const lanes = rotated([...this.#lanes.of(profile.queues, profile.handlers, all)], start).slice(
        0,
        MOST_LANES,
      );
      if (lanes.length === 0) continue;
      const want = Math.ceil(profile.places.length / lanes.length);
      for (const { queue, handler, fairKey } of lanes) {
        demands.push({ profile: profile.index, queue, handler, fairKey, want });
      }
      slots.push(...slotsOf(profile));
    }
    return { demands, slots };
  }

  #recorded(done: readonly Settling[], { recorded }: TurnOutcome): void {
    const ended: string[] = [];
    for (const { seat, result, resolve, reject } of done) {
      const { uid, attempt } = result;
      if (recorded.has(uid)) {
        ended.push(uid);
        resolve({ uid, attempt, outcome: 'recorded' });
      } else this.#decide(seat, result).then(resolve, reject);
    }
    this.#ports.endings.tell(ended);
  }

  /** Lanes that gave less than was wanted of them, while there was room for more, have nothing more. */
  #learn(demands: readonly LaneDemand[], slots: readonly Place[], leased: readonly LeasedTask[]): void {
    const got = countBy(leased, laneKey);
    const places = countBy(slots, ({ profile }) => profile);
    const profiles = new Map(slots.map(({ profile, seat }) => [seat.id, profile]));
    const taken = countBy(leased, ({ worker }) => profiles.get(worker));
    for (const demand of demands) {
      const full = (taken.get(demand.profile) ?? 0) >= (places.get(demand.profile) ?? 0);
      if (!full && (got.get(laneKey(demand)) ?? 0) < demand.want) this.#lanes.dried(demand);
    }
  }

  async #hand(leased: readonly LeasedTask[]): Promise<void> {
    if (leased.length === 0) return;
    const dependents = leased.filter(({ dependent }) => dependent).map(({ uid }) => uid);
    const dependencies = dependents.length === 0 ? NONE : await this.#ports.tasks.dependencies(dependents);
    const handed = new Map<Seat, Handed[]>();
    for (const task of leased) {
      const seat = this.#seats.get(task.worker);
      if (!seat) {
        this.#giveBack(task).catch((error: unknown) => this.#with.onTrouble('give back', error));
        continue;
      }
      this.#seats.hold(seat, task);
      const given = { task, dependencies: dependencies.get(task.uid) ?? [] };
      const others = handed.get(seat);
      if (others) others.push(given);
      else handed.set(seat, [given]);
    }
    for (const [seat, tasks] of handed) seat.outlet.hand(tasks);
  }

  /** Its worker left this server while it was being leased: nobody would ever run it. */
  async #giveBack({ uid, attempt, worker }: LeasedTask): Promise<void> {
    await this.#apply({ uid, attempt }, { worker, outcome: UNDELIVERED });
  }

  async #decide(seat: Seat, result: TaskResult): Promise<Settled> {
    const { uid, attempt, outcome } = result;
    const kept =
      outcome.kind === 'succeeded' ? { result: result.result, resultBytes: result.resultBytes } : undefined;
    const entry = entryOf(seat, 'task.complete', this.#ports.clock.now());
    const recorded = await this.#ports.audit.within(entry, () =>
      this.#apply({ uid, attempt }, { worker: seat.id, outcome, result: kept }),
    );
    this.#seats.release(seat, { uid, attempt });
    this.#wake();
    return { uid, attempt, outcome: recorded ? 'recorded' : 'stale' };
  }

  /** Load → decide → compare-and-set, again while others get in between. */
  async #apply(
    { uid, attempt }: LeaseRef,
    report: Pick<Parameters<typeof endLease>[1], 'worker' | 'outcome' | 'result'>,
  ): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const [job] = await this.#ports.tasks.jobs([uid]);
      if (!job) return false;
      const by = { now: this.#ports.clock.now(), random: this.#ports.chance.random() };
      const decision = endLease(job, { attempt, ...report, ...by });
      if (decision.kind !== 'transition') return false;
      if (await this.#ports.jobs.apply(decision.transition)) return true;
    }
    return false;
  }

  /** Somebody changed a task that is held here: to be stopped, or held no more. */
  #changed(uid: string): void {
    const seat = this.#seats.holderOf(uid);
    if (!seat) return;
    this.#lookAt(seat, uid).catch((error: unknown) => this.#with.onTrouble('stop', error));
  }

  async #lookAt(seat: Seat, uid: string): Promise<void> {
    const attempt = seat.held.get(uid);
    const [job] = await this.#ports.tasks.jobs([uid]);
    if (attempt === undefined || seat.held.get(uid) !== attempt) return;
    const state = job?.state;
    if (state?.name === 'running' && state.attempt === attempt) return;
    const lease = { uid, attempt };
    const reason = state?.message ?? 'it was removed';
    if (state?.name === 'stopping' && state.attempt === attempt) {
      seat.outlet.stop([{ ...lease, reason, graceMs: job?.spec.task?.cancelGraceMs ?? 0 }]);
      return;
    }
    this.#seats.release(seat, lease);
    seat.outlet.stop([{ ...lease, reason, graceMs: 0 }]);
    this.#wake();
  }

  async #lookForLanes(): Promise<void> {
    if (this.#unlooked.size === 0 || performance.now() - this.#lookedAt < LOOK_FOR_LANES) return;
    this.#lookedAt = performance.now();
    const served = new Set([...this.#seats.all()].flatMap((seat) => [...seat.queues]));
    const queues = [...this.#unlooked].filter((queue) => served.has(queue));
    this.#unlooked.clear();
    for (const lane of await this.#ports.tasks.lanes(queues, { limit: MOST_LANES * 4 }))
      this.#lanes.add(lane);
  }

  async #flush(): Promise<void> {
    try {
      await this.#notes.flush();
      for (const gone of await this.#heartbeats.flush(this.#seats.all())) {
        this.#seats.remove(gone);
        gone.outlet.replaced();
      }
      if (this.#unlooked.size > 0) this.#wake();
    } catch (error) {
      this.#with.onTrouble('workers', error);
    }
  }
}

const UNDELIVERED: AttemptOutcome = {
  kind: 'failed',
  reason: 'WorkerLost',
  message: 'the lease did not reach its worker',
};

const NONE: Awaited<ReturnType<DeskPorts['tasks']['dependencies']>> = new Map();

interface Place {
  readonly profile: number;
  readonly seat: Seat;
}

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function slotsOf({ index, places }: Profile): Place[] {
  return places.map((seat) => ({ profile: index, seat }));
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return at === 0 ? list : [...list.slice(at), ...list.slice(0, at)];
}

function entryOf({ seat: { principal } }: Seat, operation: string, at: number): AuditEntry {
  return { at, principal: principal.id, kind: principal.kind, operation, effect: 'change' };
}
