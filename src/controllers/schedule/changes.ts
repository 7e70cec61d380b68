/**
 * What changed since the cycle before, from the signals of those who changed it. A signal can be lost with the
 * connection that carries it: then all is read anew; and what is known is held against the rows now and then.
 */
import type { Delta } from '../../core/scheduling/board.ts';
import type { BoardStore, ScheduledRest } from '../../ports/scheduler-store.ts';
import type { Signals } from '../../ports/signals.ts';

/** Queues, grants, flavors and nodes are read anew at least this often, milliseconds. */
const REST_EVERY = 5000;
/** Versions of all jobs are held against what is known this often, milliseconds. */
const AUDIT_EVERY = 60_000;

export class Changes {
  readonly #store: BoardStore;
  readonly #ticks: () => number;
  #dirty = new Set<string>();
  #restText = '';
  #restAt = Number.NEGATIVE_INFINITY;
  #auditedAt = Number.NEGATIVE_INFINITY;
  #lost = true;
  readonly #known = new Map<string, number>();

  constructor(store: BoardStore, ticks: () => number) {
    this.#store = store;
    this.#ticks = ticks;
  }

  listen(signals: Signals, until: AbortSignal): void {
    signals.subscribe('schedule', ({ key }) => this.hear(key), until);
  }

  hear(key: string): void {
    if (key === '') this.#lost = true;
    else if (key === 'rest') this.#restAt = Number.NEGATIVE_INFINITY;
    else this.#dirty.add(key);
  }

  /** Whether something came in that no cycle has seen. */
  get waiting(): boolean {
    return this.#dirty.size > 0 || this.#lost;
  }

  /** Everything has to be read: nothing is known, or a signal may be missing. */
  get lost(): boolean {
    return this.#lost;
  }

  forget(): void {
    this.#lost = true;
  }

  async all() {
    this.#lost = false;
    this.#dirty.clear();
    try {
      const snapshot = await this.#store.snapshot();
      const { pending, holding, ...rest } = snapshot;
      this.#restText = JSON.stringify(rest);
      this.#restAt = this.#ticks();
      this.#auditedAt = this.#ticks();
      this.#known.clear();
      for (const { uid, version } of pending) this.#known.set(uid, version);
      for (const { uid } of holding) this.#known.set(uid, -1);
      return snapshot;
    } catch (error) {
      this.#lost = true;
      throw error;
    }
  }

  /** @param applied uids that the plan before changed: their signals may not have come yet */
  async since(applied: readonly string[]): Promise<Delta> {
    await this.#audit();
    const asked = new Set([...this.#dirty, ...applied]);
    this.#dirty = new Set();
    try {
      const rest = await this.#rest();
      if (asked.size === 0) return { ...(rest ? { rest } : {}) };
      const { pending, holding } = await this.#store.changed([...asked]);
      const gone = this.#learn(asked, pending, holding);
      return { pending, holding, gone, ...(rest ? { rest } : {}) };
    } catch (error) {
      for (const uid of asked) this.#dirty.add(uid);
      throw error;
    }
  }

  #learn(
    asked: ReadonlySet<string>,
    pending: NonNullable<Delta['pending']>,
    holding: NonNullable<Delta['holding']>,
  ): string[] {
    for (const uid of asked) this.#known.delete(uid);
    for (const { uid, version } of pending) this.#known.set(uid, version);
    for (const { uid } of holding) this.#known.set(uid, -1);
    return [...asked].filter((uid) => !this.#known.has(uid));
  }

  async #rest(): Promise<ScheduledRest | undefined> {
    if (this.#ticks() - this.#restAt < REST_EVERY) return undefined;
    const rest = await this.#store.rest();
    this.#restAt = this.#ticks();
    const text = JSON.stringify(rest);
    if (text === this.#restText) return undefined;
    this.#restText = text;
    return rest;
  }

  /** A hint that was lost costs a minute. */
  async #audit(): Promise<void> {
    if (this.#ticks() - this.#auditedAt < AUDIT_EVERY) return;
    this.#auditedAt = this.#ticks();
    const present = await this.#store.versions();
    for (const [uid, version] of present) if (this.#known.get(uid) !== version) this.#dirty.add(uid);
    for (const uid of this.#known.keys()) if (!present.has(uid)) this.#dirty.add(uid);
  }
}
