/** The `Signals` port: hands each hint to those who asked for its topic. */
import type { Signal, Signals, Topic } from '../../ports/signals.ts';
import { CHANNELS } from './channels.ts';
import type { Log } from './log.ts';

type Hear = (signal: Signal) => void;

const TOPICS = Object.keys(CHANNELS) as readonly Topic[];

export class PostgresSignals implements Signals {
  readonly #log: Log;
  readonly #hearers: Readonly<Record<Topic, Set<Hear>>> = {
    schedule: new Set(),
    event: new Set(),
    agent: new Set(),
    identity: new Set(),
    task: new Set(),
    gate: new Set(),
    cron: new Set(),
  };

  readonly #own: string;

  /** @param own this replica: what it told itself is not heard again */
  constructor(log: Log, own = '') {
    this.#log = log;
    this.#own = own;
  }

  /** A signal whose key is empty means: look at everything, hints may have been lost. */
  subscribe(topic: Topic, hear: Hear, until: AbortSignal): void {
    if (until.aborted) return;
    // Of its own, so that the same function may subscribe twice.
    const own: Hear = (signal) => hear(signal);
    this.#hearers[topic].add(own);
    until.addEventListener('abort', () => this.#hearers[topic].delete(own), { once: true });
  }

  hear(channel: string, payload: string): void {
    const topic = TOPICS.find((candidate) => CHANNELS[candidate] === channel);
    if (topic === 'task') this.#hearTasks(payload.split('\n'));
    else if (topic) for (const key of payload.split('\n')) this.#tell({ topic, key });
  }

  /** The first line says who tells. Without queues: something ended. */
  #hearTasks([teller, ...queues]: readonly string[]): void {
    if (teller === this.#own) return;
    this.tellTasks(queues.length === 0 ? [''] : queues);
  }

  /** Tells those who listen in this process. */
  tellTasks(queues: Iterable<string>): void {
    for (const key of queues) this.#tell({ topic: 'task', key });
  }

  tellAll(): void {
    for (const topic of TOPICS) this.#tell({ topic, key: '' });
  }

  #tell(signal: Signal): void {
    for (const hear of [...this.#hearers[signal.topic]]) {
      try {
        hear(signal);
      } catch (error) {
        this.#log.warn({ err: error, topic: signal.topic }, 'a subscriber failed on a signal');
      }
    }
  }
}
