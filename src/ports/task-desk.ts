/**
 * Where workers that are connected to this server get their tasks and bring back what became of them.
 * Operations check who may; the desk does it.
 */
import type { Principal } from '../core/access/principal.ts';
import type { AttemptOutcome } from '../core/job/attempt.ts';
import type { Job, TaskProgress } from '../core/job/job.ts';
import type { LeasedTask, LeaseRef } from './task-store.ts';

/** A task on its way to a worker. */
export interface Handed {
  readonly task: LeasedTask;
  /** What the tasks that it waited for came to. */
  readonly dependencies: readonly Job[];
}

export interface StopOrder extends LeaseRef {
  readonly reason: string;
  readonly graceMs: number;
}

/** The way to one worker. None of it waits or throws: what a connection loses is settled when it is back. */
export interface WorkerOutlet {
  hand(tasks: readonly Handed[]): void;
  stop(orders: readonly StopOrder[]): void;
  /** The session is somebody else's, or over. */
  replaced(): void;
}

export interface WorkerSeat {
  /** Of the session. */
  readonly id: string;
  readonly name: string;
  readonly principal: Principal;
  readonly queues: readonly string[];
  readonly handlers: readonly string[];
  readonly concurrency: number;
  /** Leases that it holds already. */
  readonly holding: readonly LeaseRef[];
}

export type TaskResult = LeaseRef & {
  readonly outcome: AttemptOutcome;
  /** JSON, of a success. */
  readonly result?: string | undefined;
  /** Instead, of one that lies with the blobs. */
  readonly resultBytes?: number | undefined;
};

/** `stale`: another attempt, or none, is current; nothing was changed. */
export type Settled = LeaseRef & { readonly outcome: 'recorded' | 'stale' };

export interface TaskDesk {
  /** From here on the worker is given tasks; a connection of before is told that it was replaced. */
  seat(seat: WorkerSeat, outlet: WorkerOutlet): void;
  /** The connection is gone; the session lasts for as long as its lease. */
  unseat(id: string, outlet: WorkerOutlet): void;
  resize(id: string, concurrency: number): void;
  heard(id: string): void;
  note(
    id: string,
    notes: readonly (LeaseRef & { progress?: TaskProgress; lines?: readonly string[] })[],
  ): void;
  /** Answers when it is durable. */
  settle(id: string, results: readonly TaskResult[]): Promise<readonly Settled[]>;
}

/** Ends of jobs, for who waits in this server. A hint can be lost: who waits also looks by itself. */
export interface Endings {
  tell(uids: Iterable<string>): void;
  /** Calls when one of these may have ended. @param until stops it */
  watch(uids: readonly string[], hear: () => void, until: AbortSignal): void;
}
