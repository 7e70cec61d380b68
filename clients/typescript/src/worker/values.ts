/** Payloads, results of dependencies and results: beside the connection where they are large. */
import type { Transport } from '../http/transport.ts';
import type { Dependency } from './context.ts';
import { entry, type HandedTask, LARGEST_ENTRY, LARGEST_RESULT, type Lease } from './link/protocol.ts';
import { ResultRefused } from './outcome.ts';

/** At a time, for one task. */
const MOST_FETCHED = 8;

export class Values {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async payload({ payload, payloadPath }: HandedTask, signal: AbortSignal): Promise<unknown> {
    return payloadPath === undefined ? payload : this.#get(payloadPath, signal);
  }

  /** In their order; a few at a time are fetched. */
  async dependencies({ dependencies = [] }: HandedTask, signal: AbortSignal): Promise<Dependency[]> {
    const results = dependencies.map(({ result = null }) => result);
    const left = dependencies.flatMap(({ resultPath }, index) =>
      resultPath === undefined ? [] : [{ resultPath, index }],
    );
    const fetchNext = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        results[next.index] = await this.#get(next.resultPath, signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(MOST_FETCHED, left.length) }, fetchNext));
    return dependencies.map(({ uid, name, state }, index) => ({ uid, name, state, result: results[index] }));
  }

  /** The entry of `done` for a result, which is sent first when it is too large for a message. @throws ResultRefused, CapstanError */
  async entry(lease: Lease, json: string, signal: AbortSignal): Promise<string> {
    const inline = entry.succeeded(lease, json);
    // No UTF-16 unit takes more than three bytes.
    if (inline.length * 3 <= LARGEST_ENTRY || Buffer.byteLength(inline) <= LARGEST_ENTRY) return inline;
    const bytes = Buffer.byteLength(json);
    if (bytes > LARGEST_RESULT) {
      throw new ResultRefused(`the result has ${bytes} bytes; at most ${LARGEST_RESULT} are kept`);
    }
    const path = `/api/v1/worker/results/${lease.uid}/${lease.attempt}`;
    await this.#transport.send({ method: 'PUT', path, body: `{"result":${json}}` }, signal);
    return entry.stored(lease);
  }

  async #get(path: string, signal: AbortSignal): Promise<unknown> {
    // Only to the server's own paths: the key goes with it.
    if (!path.startsWith('/api/')) throw new TypeError('the server named a path that is none of its own');
    return this.#transport.json({ method: 'GET', path }, signal);
  }
}
