/**
 * Which of the workers that are connected here are alive. A connection says little: one that is open and
 * silent is lost to the store when its lease is over, and whatever it were given then would never end.
 */
import type { Ports } from '../../ports/index.ts';
import type { Seat } from './seats.ts';

export interface HeartbeatOptions {
  readonly ports: Pick<Ports, 'workers'>;
  readonly replica: string;
  readonly leaseMs: number;
}

/** Heartbeats of all workers are written together so often, milliseconds; more often where leases are short. */
const FLUSH = 1000;
const FLUSHES_A_LEASE = 5;

export class Heartbeats {
  readonly #with: HeartbeatOptions;
  readonly everyMs: number;

  constructor(options: HeartbeatOptions) {
    this.#with = options;
    this.everyMs = Math.min(FLUSH, options.leaseMs / FLUSHES_A_LEASE);
  }

  /** Whether a worker may be given something, as of now: its session was alive less than a lease ago. */
  alive(): (seat: Seat) => boolean {
    const since = performance.now() - this.#with.leaseMs;
    return ({ aliveAt }) => aliveAt > since;
  }

  /**
   * Prolongs the sessions of those that were heard. Answers those that have none any more: it was taken up
   * elsewhere, or its lease is over.
   */
  async flush(seats: Iterable<Seat>): Promise<readonly Seat[]> {
    const all = [...seats];
    const lives = this.alive();
    const silent = all.filter((seat) => !seat.heard && !lives(seat));
    const heard = all.filter((seat) => seat.heard);
    if (heard.length === 0) return silent;
    for (const seat of heard) seat.heard = false;
    // The store's own time of it is later: here a lease ends no later than there.
    const now = performance.now();
    const ids = heard.map(({ id }) => id);
    const ours = await this.#with.ports.workers.heard(ids, this.#with.replica);
    for (const seat of heard) if (ours.has(seat.id)) seat.aliveAt = now;
    return [...silent, ...heard.filter(({ id }) => !ours.has(id))];
  }
}
