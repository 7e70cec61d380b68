/**
 * Tells the server what the runner sees: the latest of each attempt, one message under way at a time,
 * so that a burst becomes one message, or a few. What is not acknowledged soon is said again, as it is by then:
 * the server may have been unable to keep it.
 */
import type { FromAgent } from '../contract/agent-link.ts';
import type { AttemptObservation } from '../core/job/attempt.ts';

/** Attempts of one message. With more, the server could be at it for longer than the patience lasts. */
const MOST = 500;

/** Looks without an acknowledgement. */
const PATIENCE = 2;

export class Reporter {
  readonly #send: (message: FromAgent) => void;
  #pending = new Map<string, AttemptObservation>();
  /** Sent, and not yet acknowledged. */
  #underWay: ReadonlyMap<string, AttemptObservation> | undefined;
  #seq = 0;
  #looks = 0;

  constructor(send: (message: FromAgent) => void) {
    this.#send = send;
  }

  saw(seen: AttemptObservation): void {
    this.#pending.set(`${seen.ref.job}.${seen.ref.attempt}`, seen);
    this.#flush();
  }

  acknowledged(seq: number): void {
    if (seq !== this.#seq) return;
    this.#underWay = undefined;
    this.#flush();
  }

  /** To be called once a second. */
  look(): void {
    if (!this.#underWay) return;
    this.#looks += 1;
    if (this.#looks < PATIENCE) return;
    this.#pending = new Map([...this.#underWay, ...this.#pending]);
    this.#underWay = undefined;
    this.#flush();
  }

  #flush(): void {
    if (this.#underWay || this.#pending.size === 0) return;
    const said = [...this.#pending].slice(0, MOST);
    this.#underWay = new Map(said);
    for (const [key] of said) this.#pending.delete(key);
    const attempts = said.map(([, seen]) => seen);
    this.#seq += 1;
    this.#looks = 0;
    this.#send({ type: 'observed', seq: this.#seq, attempts });
  }
}
