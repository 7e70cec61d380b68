/**
 * Gathers single submissions into batches, without a timer: what is asked for while batches are under way goes
 * with the next. Each caller is answered for its own job.
 */
import type { BatchAnswer } from './api.ts';
import { CapstanError } from './errors.ts';
import type { JobItem } from './options.ts';

/** What a submission came to. */
export interface Submitted {
  readonly uid: string;
  readonly name: string;
  /** It was there already, by its key or its name. */
  readonly repeated: boolean;
}

/** What submissions have in common that go together. */
export interface Lane {
  readonly project: string;
  readonly traceparent: string | undefined;
}

export type SendBatch = (items: readonly JobItem[], lane: Lane) => Promise<BatchAnswer>;

const MOST_ITEMS = 1000;
/** Characters of JSON: well below what the server takes in one request. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** One is on its way while the other is stored. */
const MOST_UNDER_WAY = 2;

interface Waiting {
  readonly item: JobItem;
  readonly size: number;
  readonly resolve: (submitted: Submitted) => void;
  readonly reject: (error: unknown) => void;
}

export class Coalescer {
  readonly #send: SendBatch;
  readonly #lanes = new Map<string, { readonly lane: Lane; readonly waiting: Waiting[]; underWay: number }>();

  constructor(send: SendBatch) {
    this.#send = send;
  }

  submit(item: JobItem, lane: Lane): Promise<Submitted> {
    const name = `${lane.project} ${lane.traceparent ?? ''}`;
    const found = this.#lanes.get(name) ?? { lane, waiting: [], underWay: 0 };
    this.#lanes.set(name, found);
    // What the caller does with it afterwards changes nothing.
    const text = JSON.stringify(item);
    return new Promise((resolve, reject) => {
      found.waiting.push({ item: JSON.parse(text) as JobItem, size: text.length, resolve, reject });
      // In the next turn, so that what is asked for in this one goes together.
      if (found.waiting.length === 1) setImmediate(() => this.#pump(name));
    });
  }

  #pump(name: string): void {
    const found = this.#lanes.get(name);
    if (!found) return;
    while (found.waiting.length > 0 && found.underWay < MOST_UNDER_WAY) {
      const batch = taken(found.waiting);
      found.underWay += 1;
      void this.#one(batch, found.lane).finally(() => {
        found.underWay -= 1;
        this.#pump(name);
      });
    }
    if (found.waiting.length === 0 && found.underWay === 0) this.#lanes.delete(name);
  }

  async #one(batch: readonly Waiting[], lane: Lane): Promise<void> {
    try {
      const { items } = await this.#send(
        batch.map(({ item }) => item),
        lane,
      );
      batch.forEach(({ resolve, reject }, index) => {
        const answer = items[index];
        if (answer && 'uid' in answer) resolve(answer);
        else reject(refused(answer?.error));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function taken(waiting: Waiting[]): Waiting[] {
  let size = 0;
  let count = 0;
  for (const one of waiting) {
    if (count > 0 && (count === MOST_ITEMS || size + one.size > MOST_CHARACTERS)) break;
    size += one.size;
    count += 1;
  }
  return waiting.splice(0, count);
}

type ItemError = Extract<BatchAnswer['items'][number], { error: unknown }>['error'];

/** An item that was refused, as an error like that of a submission of its own; the paths begin at the item. */
export function refused(error: ItemError | undefined): CapstanError {
  if (!error)
    return new CapstanError('the server did not answer for this item', { code: 'client.no-answer' });
  const details = (error.details ?? []).map((detail) => ({
    ...detail,
    path: detail.path.replace(/^jobs\[\d+\]\.?/, ''),
  }));
  return new CapstanError(error.message, { code: error.code, status: 400, details });
}
