/** Hints between replicas that something changed. A hint may be lost; whoever listens also looks by itself now and then. */
/** `identity`: a key, session, role or binding is not what it was. */
export type Topic = 'schedule' | 'event' | 'agent' | 'identity';

export interface Signal {
  readonly topic: Topic;
  /** For `agent`: its name. For `event`: a job's uid. */
  readonly key: string;
}

export interface Signals {
  /** Until the signal aborts. */
  subscribe(topic: Topic, hear: (signal: Signal) => void, until: AbortSignal): void;
}
