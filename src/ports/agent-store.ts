/** Agents as the server knows them, and the files of ended attempts that are still to be fetched. */
import type { AttemptRef } from '../core/job/attempt.ts';
import type { RunnerFacts } from './runner.ts';

export interface AgentRecord {
  readonly name: string;
  readonly facts: RunnerFacts;
  /** Epoch milliseconds, by the server's clock. */
  readonly lastHeard: number;
  readonly connected: boolean;
}

/** An ended attempt whose logs and outputs are still with its agent. */
export interface Collection {
  readonly ref: AttemptRef;
  readonly agent: string;
}

export interface AgentStore {
  put(name: string, facts: RunnerFacts, now: number): Promise<void>;
  heard(name: string, now: number): Promise<void>;
  gone(name: string, now: number): Promise<void>;
  list(): Promise<readonly AgentRecord[]>;
  /** Recorded by the transition that ended the attempt. */
  collections(agent: string): Promise<readonly Collection[]>;
  collected(ref: AttemptRef): Promise<void>;
}
