/** Warm workers: sessions that hold leases for as long as they are heard. */
import type { Job } from '../core/job/job.ts';

export interface WorkerRecord {
  /** Of the session. */
  readonly id: string;
  readonly name: string;
  readonly principal: string;
  /** The server that it is connected to. */
  readonly replica: string;
  readonly queues: readonly string[];
  readonly handlers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly client?: string | undefined;
  readonly concurrency: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

export type KnownWorker = WorkerRecord & {
  /** Since it was last heard. */
  readonly silentMs: number;
  /** Tasks that it holds. */
  readonly held: number;
};

export interface WorkerStore {
  /** Begins a session or takes one over; false when it is another principal's. */
  put(worker: WorkerRecord): Promise<boolean>;
  /** Prolongs sessions; answers those that are still this replica's. */
  heard(ids: readonly string[], replica: string): Promise<ReadonlySet<string>>;
  /** Not heard for longer than a lease lasts, longest first. */
  silent(leaseMs: number, limit: number): Promise<readonly KnownWorker[]>;
  /** What a session holds, oldest lease first. */
  held(id: string, limit: number): Promise<readonly Job[]>;
  /** Ends a session that holds nothing. @param silentMs only when it was not heard for so long */
  remove(id: string, silentMs?: number): Promise<boolean>;
  get(id: string): Promise<WorkerRecord | undefined>;
  list(): Promise<readonly KnownWorker[]>;
}
