/**
 * Which lanes may have something ready, as far as this replica knows. A lane is dry when a turn got less from
 * it than it had room for; a hint, the end of a task, or a second without either makes it worth a look again.
 * Pure bookkeeping: the truth is in the store.
 */
import type { Lane } from '../../ports/task-store.ts';

interface Known extends Lane {
  dry: boolean;
  /** Hints that came while a turn was under way outlast what that turn says. */
  hinted: number;
}

export const laneKey = ({ queue, handler, fairKey }: Lane) => `${queue}\n${handler}\n${fairKey}`;

export class Lanes {
  readonly #lanes = new Map<string, Known>();
  readonly #byQueue = new Map<string, Set<Known>>();
  #turn = 0;
  #start = 0;

  add(lane: Lane): void {
    const known = this.#lanes.get(laneKey(lane));
    if (known) {
      this.#wet(known);
      return;
    }
    const made: Known = {
      queue: lane.queue,
      handler: lane.handler,
      fairKey: lane.fairKey,
      dry: false,
      hinted: this.#turn,
    };
    this.#lanes.set(laneKey(lane), made);
    const others = this.#byQueue.get(lane.queue);
    if (others) others.add(made);
    else this.#byQueue.set(lane.queue, new Set([made]));
  }

  /** Something may be ready in a queue; an empty name: in any. */
  hint(queue: string): void {
    for (const lane of queue === '' ? this.#lanes.values() : (this.#byQueue.get(queue) ?? []))
      this.#wet(lane);
  }

  /** Those that workers of these queues and handlers may be given something from, in turn, not dry first. */
  *of(queues: ReadonlySet<string>, handlers: ReadonlySet<string>, all: boolean): Generator<Lane> {
    for (const queue of queues) {
      for (const lane of this.#byQueue.get(queue) ?? []) {
        if ((all || !lane.dry) && handlers.has(lane.handler)) yield lane;
      }
    }
  }

  hasWet(queues: ReadonlySet<string>, handlers: ReadonlySet<string>): boolean {
    for (const _ of this.of(queues, handlers, false)) return true;
    return false;
  }

  /** A turn begins: hints from here on are not its business. */
  begin(): void {
    this.#turn += 1;
  }

  /** A number that grows, so that who comes first takes turns. */
  next(): number {
    this.#start += 1;
    return this.#start;
  }

  /** What a turn got less of than it wanted. */
  dried(lane: Lane): void {
    const known = this.#lanes.get(laneKey(lane));
    if (known && known.hinted < this.#turn) known.dry = true;
  }

  /** What a look at some queues found. Fair keys come and go: those that are dry and were not found are forgotten. */
  found(queues: readonly string[], lanes: readonly Lane[]): void {
    const there = new Set(lanes.map(laneKey));
    for (const queue of queues) {
      for (const lane of this.#byQueue.get(queue) ?? []) {
        if (lane.fairKey === '' || !lane.dry || there.has(laneKey(lane))) continue;
        this.#lanes.delete(laneKey(lane));
        this.#byQueue.get(queue)?.delete(lane);
      }
    }
    for (const lane of lanes) this.add(lane);
  }

  #wet(lane: Known): void {
    lane.dry = false;
    lane.hinted = this.#turn;
  }
}
