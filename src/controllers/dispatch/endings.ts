/** The `Endings` port: who waits for a job is told once, whatever the number of others that wait. */
import type { Signals } from '../../ports/signals.ts';
import type { Endings } from '../../ports/task-desk.ts';

type Hear = () => void;

/** Ends that another replica wrote are told without their uids: everybody looks, but not more often than this, milliseconds. */
const LOOK_TOGETHER = 50;

export class TaskEndings implements Endings {
  readonly #waiting = new Map<string, Set<Hear>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(signals: Signals, until: AbortSignal) {
    signals.subscribe('event', ({ key }) => (key === '' ? this.#tellAll() : this.tell([key])), until);
    signals.subscribe('task', ({ key }) => key === '' && this.#tellSoon(), until);
    until.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  tell(uids: Iterable<string>): void {
    if (this.#waiting.size === 0) return;
    for (const uid of uids) for (const hear of [...(this.#waiting.get(uid) ?? [])]) hear();
  }

  watch(uids: readonly string[], hear: Hear, until: AbortSignal): void {
    if (until.aborted) return;
    for (const uid of uids) {
      const others = this.#waiting.get(uid);
      if (others) others.add(hear);
      else this.#waiting.set(uid, new Set([hear]));
    }
    until.addEventListener('abort', () => this.#forget(uids, hear), { once: true });
  }

  #forget(uids: readonly string[], hear: Hear): void {
    for (const uid of uids) {
      const others = this.#waiting.get(uid);
      others?.delete(hear);
      if (others?.size === 0) this.#waiting.delete(uid);
    }
  }

  #tellSoon(): void {
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.#tellAll(), LOOK_TOGETHER);
  }

  #tellAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = new Set([...this.#waiting.values()].flatMap((hears) => [...hears]));
    for (const hear of all) hear();
  }
}
