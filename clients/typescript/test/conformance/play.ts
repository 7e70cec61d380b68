/** Plays one case: what ../../../conformance/README.md says under "How a case is played". */
import { randomBytes } from 'node:crypto';
import {
  CapstanError,
  type Client,
  type JobItem,
  type Outcome,
  type SubmitOptions,
  type TaskOptions,
  task,
  Worker,
} from '../../src/index.ts';
import { type Live, until } from '../live.ts';
import { handlerOf, type Seen } from './handlers.ts';
import { type Case, type CaseList, ms, type Step, type TaskSpec } from './list.ts';

/** What a submission came to. */
export interface Placed {
  readonly spec: TaskSpec;
  readonly index: number | undefined;
  readonly submittedAt: number;
  readonly uid?: string;
  readonly repeated?: boolean;
  readonly error?: CapstanError;
  /** Of the call that submits and waits. */
  readonly result?: unknown;
}

export interface Played {
  readonly placed: ReadonlyMap<string, Placed>;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly seen: Seen;
  readonly followed: readonly string[];
}

export interface Stage {
  readonly live: Live;
  readonly client: Client;
  readonly gathering: Client;
  readonly defaults: CaseList['defaults'];
  readonly keyFile: string;
}

export class Player {
  readonly #case: Case;
  readonly #stage: Stage;
  readonly #tag = randomBytes(4).toString('hex');
  readonly #placed = new Map<string, Placed>();
  readonly #seen: Seen = { batches: new Map(), stopped: new Set(), entered: new Set() };
  readonly #followed: string[] = [];
  readonly #following = new AbortController();
  #worker: Worker | undefined;
  #working: Promise<unknown> = Promise.resolve();

  constructor(one: Case, stage: Stage) {
    this.#case = one;
    this.#stage = stage;
  }

  async play(): Promise<Played> {
    const { worker = 'before', tasks, steps = [], follow } = this.#case;
    if (worker === 'before') await this.#beginWorker();
    await this.#submit(tasks.filter(({ when }) => when === undefined));
    const follower = follow === undefined ? undefined : this.#follow(this.#uid(follow));
    if (worker === 'after') await this.#beginWorker();
    for (const step of steps) await this.#take(step);
    const uids = [...this.#placed.values()].flatMap(({ uid }) => uid ?? []);
    const ended =
      uids.length === 0
        ? []
        : await this.#stage.client.wait(uids, { timeout: ms(this.#stage.defaults.within) });
    await follower;
    const outcomes = new Map(ended.map((outcome) => [outcome.uid, outcome]));
    return { placed: this.#placed, outcomes, seen: this.#seen, followed: this.#followed };
  }

  /** Whatever became of the case. */
  async end(): Promise<void> {
    this.#following.abort();
    this.#worker?.stop();
    this.#worker?.stop();
    await this.#working.catch(() => undefined);
  }

  async #beginWorker(): Promise<void> {
    const { handlers, key, concurrency = this.#stage.defaults.concurrency } = this.#case;
    const { live, keyFile } = this.#stage;
    this.#worker = new Worker({
      server: live.address,
      keyFile: key === undefined ? keyFile : await live.workerKeyFile(key),
      concurrency,
      handlers: Object.fromEntries(
        Object.entries(handlers).map(([name, spec]) => [
          this.#named(name),
          handlerOf(spec, name, this.#seen),
        ]),
      ),
      log: () => undefined,
    });
    this.#working = this.#worker.run({ signals: false });
    // What it comes to is looked at by a step, or at the end.
    this.#working.catch(() => undefined);
  }

  async #submit(tasks: readonly TaskSpec[]): Promise<void> {
    const all = tasks.flatMap((spec): Pick<Placed, 'spec' | 'index'>[] =>
      spec.count === undefined
        ? [{ spec, index: undefined }]
        : Array.from({ length: spec.count }, (_, index) => ({ spec, index })),
    );
    const { submit = 'each' } = this.#case;
    if (submit === 'batch' || submit === 'batch-all') return this.#batch(all, submit === 'batch-all');
    if (submit === 'at-once') {
      await Promise.all(all.map((one) => this.#one(one, this.#stage.gathering)));
      return;
    }
    for (const one of all) await this.#one(one, this.#stage.client);
  }

  async #one(one: Pick<Placed, 'spec' | 'index'>, client: Client): Promise<void> {
    const place = { ...one, submittedAt: Date.now() };
    const [handler, payload, options] = this.#asked(one);
    const call: SubmitOptions = {
      ...(one.spec.key === undefined ? {} : { idempotencyKey: `${one.spec.key}-${this.#tag}` }),
      traceparent: this.#case.traceparent,
    };
    try {
      if (this.#case.submit === 'and-wait') {
        const waitTimeout = ms(this.#stage.defaults.within);
        const result = await client.submitAndWait(handler, payload, { ...options, ...call, waitTimeout });
        const uid = (await client.get(options.name ?? '')).metadata.uid;
        this.#put({ ...place, uid, result });
        return;
      }
      const { uid, repeated } = await client.submit(handler, payload, { ...options, ...call });
      this.#put({ ...place, uid, repeated });
    } catch (error) {
      if (!(error instanceof CapstanError)) throw error;
      this.#put({ ...place, error });
    }
  }

  async #batch(all: readonly Pick<Placed, 'spec' | 'index'>[], whole: boolean): Promise<void> {
    const items: JobItem[] = all.map((one) => task(...this.#asked(one)));
    const submittedAt = Date.now();
    try {
      const answer = await this.#stage.client.submitBatch(items, {
        mode: whole ? 'all' : 'each',
        traceparent: this.#case.traceparent,
      });
      answer.items.forEach((item, at) => {
        const place = { ...all[at]!, submittedAt };
        if ('uid' in item) this.#put({ ...place, ...item });
        else this.#put({ ...place, error: new CapstanError(item.error.message, item.error) });
      });
    } catch (error) {
      if (!(error instanceof CapstanError)) throw error;
      for (const one of all) this.#put({ ...one, submittedAt, error });
    }
  }

  #asked({ spec, index }: Pick<Placed, 'spec' | 'index'>): [string, unknown, TaskOptions] {
    const payload =
      spec.text === undefined ? (index ?? spec.payload ?? null) : { text: 'x'.repeat(spec.text) };
    const startAfter = spec['start-in'];
    const unique = spec.options?.unique as { key: string } | undefined;
    const options = {
      ...this.#stage.defaults.options,
      ...spec.options,
      ...(unique ? { unique: { ...unique, key: `${unique.key}-${this.#tag}` } } : {}),
      // Two submissions under one key are one task, under one name.
      ...(spec.key === undefined && !unique ? { name: this.#named(idOf(spec, index)) } : {}),
      ...(spec.after ? { after: spec.after.map((id) => this.#named(id)) } : {}),
      ...(startAfter === undefined ? {} : { startAfter: new Date(Date.now() + ms(startAfter)) }),
    };
    return [spec['handler-name'] ?? this.#named(spec.handler ?? 'main'), payload, options as TaskOptions];
  }

  #put(placed: Placed): void {
    this.#placed.set(idOf(placed.spec, placed.index), placed);
  }

  async #follow(uid: string): Promise<void> {
    const { client } = this.#stage;
    for await (const event of client.follow(uid, { after: 'start', signal: this.#following.signal })) {
      this.#followed.push(event.reason);
      if (['succeeded', 'failed', 'cancelled'].includes((await client.get(uid)).status.state)) return;
    }
  }

  async #take(step: Step): Promise<void> {
    const [[name, what] = []] = Object.entries(step);
    const take = name === undefined ? undefined : this.#steps[name];
    if (!take) throw new Error(`no step is "${name}"`);
    await take(what);
  }

  readonly #steps: Readonly<Record<string, (what: unknown) => Promise<void>>> = {
    entered: (id) => until(`the handler of ${id} is called`, () => this.#seen.entered.has(this.#uid(id))),
    state: (what) =>
      this.#each(what, async (uid, want) => {
        const { state } = (await this.#job(uid)).status;
        if (state !== want) throw new Error(`${uid} is ${state}, not ${want}`);
      }),
    progress: (what) =>
      this.#each(what, async (uid, want) => {
        const { fraction, message } = want as { fraction: number; message: string };
        await until(`the progress of ${uid} is ${message}`, async () => {
          const { progress } = (await this.#job(uid)).status;
          return progress?.fraction === fraction && progress.message === message;
        });
      }),
    cancel: async (id) => {
      await this.#stage.client.cancel(this.#uid(id), { reason: 'a step of its case' });
    },
    ended: async (id) => {
      await this.#stage.client.wait(this.#uid(id));
    },
    submit: (id) => this.#submit(this.#case.tasks.filter((spec) => spec.id === id)),
    'end-worker': async (how) => {
      this.#worker?.stop();
      if (how === 'now') this.#worker?.stop();
      await this.#working;
    },
    'begin-worker': () => this.#beginWorker(),
    'worker-refused': async (code) => {
      const error = await this.#working.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof CapstanError) || error.code !== code) {
        throw new Error(`the worker ended with ${error}, not with ${code}`);
      }
    },
  };

  async #each(what: unknown, check: (uid: string, want: unknown) => Promise<void>): Promise<void> {
    for (const [id, want] of Object.entries(what as object)) await check(this.#uid(id), want);
  }

  #job(uid: string) {
    return this.#stage.client.get(uid);
  }

  #uid(id: unknown): string {
    const uid = this.#placed.get(String(id))?.uid;
    if (uid === undefined) throw new Error(`${id} was not submitted`);
    return uid;
  }

  #named(name: string): string {
    return `${name}-${this.#tag}`;
  }
}

export function idOf({ id }: TaskSpec, index: number | undefined): string {
  return index === undefined ? id : `${id}-${index}`;
}
