/**
 * What a worker holds and owes: leases, and the reports that the server has not acknowledged. It outlives every
 * connection. No I/O.
 */
import { type Ack, done, entry, keyOf, type Lease, leaseOf } from './protocol.ts';

interface Held {
  readonly lease: Lease;
  /** Of `done`; absent while the handler runs. */
  report: string | undefined;
}

export class Ledger {
  session: string | undefined;
  /** A lease is held from its grant to the acknowledgement of its report. */
  readonly #held = new Map<string, Held>();
  readonly #unsent = new Set<string>();
  #careful = false;
  #inFlight: string | undefined;

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  get owes(): boolean {
    return [...this.#held.values()].some(({ report }) => report !== undefined);
  }

  get holding(): Lease[] {
    return [...this.#held.values()].map(({ lease }) => lease);
  }

  get unsent(): Lease[] {
    return [...this.#unsent].flatMap((key) => this.#held.get(key)?.lease ?? []);
  }

  /** False for a lease that is held already. */
  granted(lease: Lease): boolean {
    const key = keyOf(lease);
    if (this.#held.has(key)) return false;
    this.#held.set(key, { lease: leaseOf(lease), report: undefined });
    return true;
  }

  /** Its report is owed from now on. What is not held any more is nobody's business. */
  finished(lease: Lease, report: string): void {
    const held = this.#held.get(keyOf(lease));
    if (!held || held.report !== undefined) return;
    held.report = report;
    this.#unsent.add(keyOf(lease));
  }

  /** It is somebody else's, or nobody's: nothing is reported. */
  dropped(lease: Lease): void {
    this.#held.delete(keyOf(lease));
    this.#unsent.delete(keyOf(lease));
  }

  acknowledged(acks: readonly Ack[]): void {
    for (const ack of acks) {
      this.dropped(ack);
      if (keyOf(ack) === this.#inFlight) this.#inFlight = undefined;
    }
  }

  /** A connection begins: every report that is still owed goes again. @returns the leases that are lost */
  connected(session: string, lost: readonly Lease[]): Lease[] {
    // A server that does not know the session of before knows nothing of what it held.
    const strange = this.session !== undefined && session !== this.session;
    const gone = strange ? this.holding : lost.filter((lease) => this.#held.has(keyOf(lease))).map(leaseOf);
    for (const lease of gone) this.dropped(lease);
    this.session = session;
    this.#inFlight = undefined;
    this.#unsent.clear();
    for (const [key, { report }] of this.#held) if (report !== undefined) this.#unsent.add(key);
    return gone;
  }

  /** Another connection has taken the session over, and its leases with it. */
  forgetSession(): Lease[] {
    const gone = this.holding;
    this.session = undefined;
    this.#held.clear();
    this.#unsent.clear();
    return gone;
  }

  /**
   * The server could not read what was sent. From now on reports go one by one, so that the next time shows which
   * it was; that one is replaced by an error, or it would stop this worker for ever.
   * @returns false when it can not have been a report
   */
  brokeTheSchema(): boolean {
    if (!this.#careful) {
      this.#careful = true;
      return this.owes;
    }
    const guilty = this.#inFlight === undefined ? undefined : this.#held.get(this.#inFlight);
    this.#inFlight = undefined;
    if (guilty?.report === undefined) return false;
    const message = 'the server could not read the result';
    const replaced = entry.failed(guilty.lease, { message, type: 'ResultRefused', retryable: false });
    if (guilty.report === replaced) return false;
    guilty.report = replaced;
    return true;
  }

  /** What is to be sent now; each report goes once a connection. */
  messages(): string[] {
    if (this.#careful) return this.#oneByOne();
    const reports = [...this.#unsent].flatMap((key) => this.#held.get(key)?.report ?? []);
    this.#unsent.clear();
    return done(reports);
  }

  #oneByOne(): string[] {
    if (this.#inFlight !== undefined) return [];
    const [key] = this.#unsent;
    if (key === undefined) {
      this.#careful = false;
      return [];
    }
    this.#unsent.delete(key);
    this.#inFlight = key;
    return done([this.#held.get(key)?.report ?? []].flat());
  }
}
