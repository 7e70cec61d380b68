/** Lets tasks through the limits by key, as the core decides. Only who holds the scheduling lease does. */
import { openGates } from '../../core/scheduling/gates.ts';
import type { Ports } from '../../ports/index.ts';

const GATES = 500;
/** That pass one gate in one round. */
const MOST = 500;

/** Without a hint, and while another replica does it, milliseconds. */
const LOOK_AGAIN = 1000;

export class Gates {
  readonly #ports: Pick<Ports, 'gates' | 'clock'>;
  readonly #holdsLease: () => boolean;
  #after: { readonly queue: string; readonly gate: string } | undefined;

  constructor(ports: Pick<Ports, 'gates' | 'clock'>, holdsLease: () => boolean) {
    this.#ports = ports;
    this.#holdsLease = holdsLease;
  }

  /** Returns when to come again, milliseconds. */
  async round(): Promise<number> {
    if (!this.#holdsLease()) return LOOK_AGAIN;
    const { gates, clock } = this.#ports;
    const waiting = await gates.waiting(this.#after, GATES);
    // More gates than one round looks at are looked at in turn.
    this.#after = waiting.length === GATES ? waiting.at(-1) : undefined;
    const now = clock.now();
    const { openings, again } = openGates(waiting, now, MOST);
    if (openings.length > 0) await gates.open(openings, now);
    if (this.#after || openings.some(({ many }) => many === MOST)) return 0;
    return Math.max(1, Math.min(LOOK_AGAIN, (again ?? Infinity) - now));
  }
}
