/**
 * The members in a ring: each sends to its right and receives from its left. In it a sum of
 * vectors costs every member twice the vector's size, however many members there are.
 *
 * All members have to make the same calls in the same order. The sum of each element is made in
 * one order and then handed round, so that everybody has the same bits.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { meet } from './rendezvous.mjs';

const FAREWELL_MS = 1_000;

/**
 * Brings the gang together; resolves when a message has gone all the way round.
 * @param {{ rank: number, world: number, masterAddr: string, masterPort: number, rendezvousMs: number }} gang
 * @param {AbortSignal} signal gives up at once
 * @returns {Promise<Ring>}
 */
export async function joinRing(gang, signal) {
  const ring = new Ring(gang, gang.world === 1 ? undefined : await meet(gang, signal));
  try {
    await ring.barrier();
    return ring;
  } catch (error) {
    await ring.leave();
    throw error;
  }
}

export class Ring {
  #links;
  #left;
  #right;

  /**
   * @param {{ rank: number, world: number }} place
   * @param {{ left: import('./link.mjs').Link, right: import('./link.mjs').Link }} [neighbours]
   *   none for a gang of one
   */
  constructor({ rank, world }, neighbours) {
    this.rank = rank;
    this.world = world;
    this.#left = neighbours?.left;
    this.#right = neighbours?.right;
    this.#links = neighbours ? [neighbours.left, neighbours.right] : [];
    for (const link of this.#links) link.watch((error) => this.#passOn(error));
  }

  /**
   * Replaces the vector by the sum of all members' vectors, which are equally long: first each
   * member ends up with the sum of one chunk (reduce-scatter), then the sums go round (all-gather).
   * @param {Float32Array} vector
   * @throws {import('./link.mjs').PeerLost} the vector is then worthless
   */
  async allReduce(vector) {
    for (let round = 0; round < this.world - 1; round++) {
      this.#right.send(bytesOf(this.#chunk(vector, this.rank - round)));
      const partial = floatsOf(await this.#left.receive());
      const sum = this.#chunk(vector, this.rank - round - 1);
      for (let i = 0; i < sum.length; i++) sum[i] += partial[i];
    }
    for (let round = 0; round < this.world - 1; round++) {
      this.#right.send(bytesOf(this.#chunk(vector, this.rank - round + 1)));
      this.#chunk(vector, this.rank - round).set(floatsOf(await this.#left.receive()));
    }
  }

  /**
   * Hands rank 0's bytes round. The other members' argument is not looked at.
   * @param {Uint8Array} [bytes]
   * @returns {Promise<Uint8Array>}
   */
  async broadcast(bytes) {
    const message = this.rank === 0 ? bytes : await this.#left.receive();
    if (this.rank !== this.world - 1) this.#right.send(message);
    return message;
  }

  /**
   * What each member says, by rank.
   * @param {string} own
   * @returns {Promise<string[]>}
   */
  async gather(own) {
    const said = new Array(this.world);
    said[this.rank] = own;
    for (let round = 0; round < this.world - 1; round++) {
      this.#right.send(Buffer.from(said[this.#wrap(this.rank - round)]));
      said[this.#wrap(this.rank - round - 1)] = (await this.#left.receive()).toString('utf8');
    }
    return said;
  }

  /** Waits until every member has come here. */
  async barrier() {
    await this.gather('');
  }

  /** Leaves in order, or ends a ring that failed; waits a moment for the neighbours to hear it. */
  async leave() {
    for (const link of this.#links) link.close();
    await this.#closed();
  }

  async #closed() {
    const timer = new AbortController();
    const all = Promise.all(this.#links.map((link) => link.closed));
    const late = sleep(FAREWELL_MS, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([all, late]);
    timer.abort();
    for (const link of this.#links) link.destroy();
  }

  /** The neighbours must name who was really lost, not whoever stopped because of it. */
  #passOn(error) {
    for (const link of this.#links) link.passOn(error);
  }

  #chunk(vector, index) {
    const i = this.#wrap(index);
    const bound = (k) => Math.floor((k * vector.length) / this.world);
    return vector.subarray(bound(i), bound(i + 1));
  }

  #wrap(rank) {
    return ((rank % this.world) + this.world) % this.world;
  }
}

function bytesOf(floats) {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

/** Copied, because a message may begin at any byte and floats may not. */
function floatsOf(bytes) {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
