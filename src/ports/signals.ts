/** Hints between replicas that something changed. A hint may be lost; whoever listens also looks by itself now and then. */
/** `identity`: a key, session, role or binding is not what it was. */
/**
 * `gate`: something that has to do with a limit by key was submitted or has ended.
 * `cron`: a schedule was made or written.
 * `task`: tasks were submitted to a queue or became ready there, or some of whatever queue ended.
 */
export type Topic = 'schedule' | 'event' | 'agent' | 'identity' | 'task' | 'gate' | 'cron';

export interface Signal {
  readonly topic: Topic;
  /** For `agent`: its name. For `event`: a job's uid. For `schedule`: the uid of a job that changed, or `rest`. For `task`: a queue. */
  readonly key: string;
}

export interface Signals {
  /** Until the signal aborts. */
  subscribe(topic: Topic, hear: (signal: Signal) => void, until: AbortSignal): void;
}
