/**
 * Tells the server what the runner sees: the latest of each attempt, one message under way at a time,
 * so that a burst becomes one message. What is not acknowledged in a session is sent again in the next,
 * because each session begins with everything.
 */
import type { FromAgent } from '../contract/agent-link.ts';
import type { AttemptObservation } from '../core/job/attempt.ts';

export class Reporter {
  readonly #send: (message: FromAgent) => void;
  #pending = new Map<string, AttemptObservation>();
  #seq = 0;
  #underWay = false;

  constructor(send: (message: FromAgent) => void) {
    this.#send = send;
  }

  saw(seen: AttemptObservation): void {
    this.#pending.set(`${seen.ref.job}.${seen.ref.attempt}`, seen);
    this.#flush();
  }

  acknowledged(seq: number): void {
    if (seq !== this.#seq) return;
    this.#underWay = false;
    this.#flush();
  }

  #flush(): void {
    if (this.#underWay || this.#pending.size === 0) return;
    const attempts = [...this.#pending.values()];
    this.#pending = new Map();
    this.#seq += 1;
    this.#underWay = true;
    this.#send({ type: 'observed', seq: this.#seq, attempts });
  }
}
