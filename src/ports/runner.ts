/**
 * What an agent needs from the thing that really runs attempts: processes on this machine, or
 * pods on a cluster; or from one that only waits, to try things. Every implementation passes `testing/runner-conformance.ts`.
 */
import type {
  AttemptFile,
  AttemptObservation,
  AttemptRef,
  AttemptSpec,
  StopOrder,
} from '../core/job/attempt.ts';
import type { Resources } from '../core/job/spec.ts';
import type { Taint } from '../core/scheduling/queue.ts';

/** A machine that can hold members. */
export interface NodeFacts {
  readonly name: string;
  /** cpu in millicores, memory in bytes, others in units. */
  readonly allocatable: Resources;
  readonly labels: Readonly<Record<string, string>>;
  /** Members that do not tolerate them are not put here. */
  readonly taints?: readonly Taint[] | undefined;
  /** Cordoned: what runs there stays, nothing is added. */
  readonly unschedulable?: boolean | undefined;
}

export interface RunnerFacts {
  /** `simulated`: its members only wait. */
  readonly kind: 'process' | 'kubernetes' | 'simulated';
  readonly nodes: readonly NodeFacts[];
}

export type { AttemptFile } from '../core/job/attempt.ts';

/** A piece of a file. Offsets count from the first byte ever written, also after old ones were dropped. */
export interface FileChunk {
  /** May be larger than asked for: what lay between was dropped by the log's cap. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** True when nothing will ever be written after these bytes. */
  readonly eof: boolean;
}

export interface ReadRange {
  readonly offset: number;
  /** At most this many bytes. */
  readonly limit: number;
}

export interface Runner {
  facts(): Promise<RunnerFacts>;
  /** Starts an attempt, or does nothing when it was started before: the ref decides. */
  start(spec: AttemptSpec): Promise<void>;
  /** Stops an attempt; repeating it, or shortening the grace, is harmless. Unknown refs are ignored. */
  stop(ref: AttemptRef, order: StopOrder): Promise<void>;
  /** Every attempt that this runner holds, found again after a restart of Capstan. */
  list(): Promise<readonly AttemptObservation[]>;
  /** Called with the whole observation each time one changes, until the signal aborts. */
  watch(onChange: (seen: AttemptObservation) => void, signal: AbortSignal): void;
  /** Reads a file of an attempt while it runs and after. Throws `NotFound`-coded errors (`ENOENT`). */
  read(ref: AttemptRef, file: AttemptFile, range: ReadRange): Promise<FileChunk>;
  /** Removes what is kept of an ended attempt; `job: true` also what attempts share (checkpoints). */
  forget(ref: AttemptRef, scope: { readonly job: boolean }): Promise<void>;
}
