/** The workers that are connected here, what they hold, and what they have room for. */

import type { WorkerOutlet, WorkerSeat } from '../../ports/task-desk.ts';
import type { LeaseRef } from '../../ports/task-store.ts';

export class Seat {
  readonly id: string;
  readonly seat: WorkerSeat;
  readonly outlet: WorkerOutlet;
  readonly queues: ReadonlySet<string>;
  readonly handlers: ReadonlySet<string>;
  /** Workers of one profile may be given the same tasks. */
  readonly profile: string;
  readonly held = new Map<string, number>();
  /** What it has said of, and is not answered yet: whatever else it says of those is too late. */
  readonly settling = new Set<string>();
  concurrency: number;
  /** Since the last flush of heartbeats. */
  heard = true;
  /** When the store last held its session to be alive, by a clock that only grows, milliseconds. */
  aliveAt = performance.now();

  constructor(seat: WorkerSeat, outlet: WorkerOutlet) {
    this.id = seat.id;
    this.seat = seat;
    this.outlet = outlet;
    this.queues = new Set(seat.queues);
    this.handlers = new Set(seat.handlers);
    this.profile = `${[...seat.queues].sort().join()}|${[...seat.handlers].sort().join()}`;
    this.concurrency = seat.concurrency;
    for (const { uid, attempt } of seat.holding) this.held.set(uid, attempt);
  }

  get free(): number {
    return Math.max(0, this.concurrency - this.held.size);
  }

  holds({ uid, attempt }: LeaseRef): boolean {
    return this.held.get(uid) === attempt;
  }

  /** True when it was held: its place is free now. */
  release({ uid, attempt }: LeaseRef): boolean {
    return this.holds({ uid, attempt }) && this.held.delete(uid);
  }
}

export interface Profile {
  readonly index: number;
  readonly queues: ReadonlySet<string>;
  readonly handlers: ReadonlySet<string>;
  /** Free places, one entry each, of its workers in turn. */
  readonly places: readonly Seat[];
}

export class Seats {
  readonly #seats = new Map<string, Seat>();
  readonly #holders = new Map<string, Seat>();

  get size(): number {
    return this.#seats.size;
  }

  get(id: string): Seat | undefined {
    return this.#seats.get(id);
  }

  all(): IterableIterator<Seat> {
    return this.#seats.values();
  }

  /** Who holds a task here. */
  holderOf(uid: string): Seat | undefined {
    const seat = this.#holders.get(uid);
    return seat?.held.has(uid) && this.#seats.get(seat.id) === seat ? seat : undefined;
  }

  /** Returns the seat of before. */
  put(seat: Seat): Seat | undefined {
    const before = this.#seats.get(seat.id);
    this.#seats.set(seat.id, seat);
    for (const uid of seat.held.keys()) this.#holders.set(uid, seat);
    return before;
  }

  remove(seat: Seat): void {
    if (this.#seats.get(seat.id) === seat) this.#seats.delete(seat.id);
    for (const uid of seat.held.keys()) if (this.#holders.get(uid) === seat) this.#holders.delete(uid);
  }

  hold(seat: Seat, { uid, attempt }: LeaseRef): void {
    seat.held.set(uid, attempt);
    this.#holders.set(uid, seat);
  }

  release(seat: Seat, lease: LeaseRef): void {
    if (seat.release(lease) && this.#holders.get(lease.uid) === seat) this.#holders.delete(lease.uid);
  }

  /**
   * @param most places of one profile: a bound on one turn
   * @param by `start` rotates who is first; who may not is passed over
   */
  profiles(
    most: number,
    { start, may }: { readonly start: number; readonly may: (seat: Seat) => boolean },
  ): readonly Profile[] {
    const groups = new Map<string, Seat[]>();
    for (const seat of this.#seats.values()) {
      if (seat.free === 0 || !may(seat)) continue;
      const others = groups.get(seat.profile);
      if (others) others.push(seat);
      else groups.set(seat.profile, [seat]);
    }
    return [...groups.values()].map((seats, index) => ({
      index: index + 1,
      queues: seats[0]?.queues ?? new Set(),
      handlers: seats[0]?.handlers ?? new Set(),
      places: placesOf(seats, most, start),
    }));
  }
}

/** One place of each worker, then a second of each, …: nobody is filled up while another is idle. */
function placesOf(seats: readonly Seat[], most: number, start: number): Seat[] {
  const places: Seat[] = [];
  for (let round = 0; places.length < most; round += 1) {
    const before = places.length;
    for (let i = 0; i < seats.length && places.length < most; i += 1) {
      const seat = seats[(i + start) % seats.length];
      if (seat && seat.free > round) places.push(seat);
    }
    if (places.length === before) break;
  }
  return places;
}
