/** Load from a number of connections, each with one request under way: what a second brings, and how long one takes. */
import { Pool } from 'undici';
import { check } from '../harness/check.ts';

/** One request on one of the connections, from its sending to the last byte of a good answer. */
export type Act = (connection: number) => Promise<void>;

export interface Load {
  readonly perSecond: number;
  /** Of each request, milliseconds. */
  readonly latencies: readonly number[];
}

/** Runs for a time, milliseconds; a request that fails fails the bench. */
export async function loaded(act: Act, connections: number, ms: number): Promise<Load> {
  const latencies: number[] = [];
  const began = performance.now();
  const work = async (connection: number) => {
    for (let now = performance.now(); now < began + ms; ) {
      await act(connection);
      const then = performance.now();
      latencies.push(then - now);
      now = then;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => work(connection)));
  return { perSecond: latencies.length / ((performance.now() - began) / 1000), latencies };
}

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string | undefined;
  /** Another one is a failure. */
  readonly wants: number;
}

export class ApiLoad implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #headers: Record<string, string>;

  constructor({ address, key }: { address: string; key: string }, connections: number) {
    this.#pool = new Pool(address, { connections, pipelining: 1 });
    this.#headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  }

  /** The answer's text. */
  async send({ method, path, body, wants }: Request): Promise<string> {
    const answer = await this.#pool.request({ method, path, body: body ?? null, headers: this.#headers });
    const text = await answer.body.text();
    check(
      answer.statusCode === wants,
      `${method} ${path} is answered with ${wants}, not ${answer.statusCode}: ${text}`,
    );
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }
}
