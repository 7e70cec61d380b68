/** Workers of the tests: each ends with its test. */
import { type Handlers, type Task, Worker, type WorkerOptions } from '../src/index.ts';
import { ScriptedLink } from './scripted-link.ts';

export const echo = async ({ payload }: Task) => payload;

export interface Started {
  readonly worker: Worker;
  /** What `run` threw, if anything. */
  readonly over: Promise<unknown>;
}

/** A scripted server and the workers that connect to it. */
export class Bench {
  link: ScriptedLink;
  readonly #started: Started[] = [];

  private constructor(link: ScriptedLink) {
    this.link = link;
  }

  static async set(): Promise<Bench> {
    return new Bench(await ScriptedLink.listen());
  }

  /** Another server in the place of the first. */
  async script(script: Parameters<typeof ScriptedLink.listen>[0]): Promise<void> {
    await this.link.close();
    this.link = await ScriptedLink.listen(script);
  }

  start(handlers: Handlers = { echo }, options: Partial<WorkerOptions> = {}): Started {
    const worker = new Worker({
      server: this.link.address,
      key: 'cap_test',
      handlers,
      concurrency: 4,
      log: () => undefined,
      ...options,
    });
    const over = worker.run({ signals: false }).catch((error: unknown) => error);
    this.#started.push({ worker, over });
    return { worker, over };
  }

  async clear(): Promise<void> {
    await this.link.close();
    for (const { worker, over } of this.#started.splice(0)) {
      worker.stop();
      worker.stop();
      await over;
    }
  }
}

/** A handler that goes on until it is let go, whatever its signal says. */
export function held() {
  let resolve: (value: unknown) => void = () => undefined;
  const promise = new Promise<unknown>((one) => {
    resolve = one;
  });
  const signals: AbortSignal[] = [];
  const handler = async (_: Task, { signal }: { readonly signal: AbortSignal }) => {
    signals.push(signal);
    return promise;
  };
  return { handler, signals, letGo: (value?: unknown) => resolve(value) };
}
