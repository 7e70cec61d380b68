/** A clock that was set back: what waits for a moment by the old one would wait for as long again. */
import { onSetBack } from '../core/job/due.ts';
import type { Ports } from '../ports/index.ts';

const LOOK_AGAIN = 1000;
const PAGE = 500;

export class SetBack {
  readonly #ports: Ports;
  /** At first any clock counts as set back: the server may have been down meanwhile. */
  #last = Number.POSITIVE_INFINITY;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async round(): Promise<number> {
    const now = this.#ports.clock.now();
    if (now < this.#last) await this.#wake(now);
    this.#last = now;
    return LOOK_AGAIN;
  }

  async #wake(now: number): Promise<void> {
    const { jobs } = this.#ports;
    let cursor: string | undefined;
    do {
      const page = await jobs.list({ states: ['backoff'] }, { cursor, limit: PAGE });
      for (const job of page.items) {
        const decision = onSetBack(job, now);
        if (decision.kind === 'transition') await jobs.apply(decision.transition);
      }
      cursor = page.next;
    } while (cursor !== undefined);
  }
}
