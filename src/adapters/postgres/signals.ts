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
  };

  constructor(log: Log) {
    this.#log = log;
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
    if (topic) for (const key of payload.split('\n')) this.#tell({ topic, key });
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
