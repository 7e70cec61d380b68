/**
 * One try of a job, as an agent is asked to run it and as it reports back. These shapes cross
 * the agent link; `contract/agent-link.ts` has their schemas.
 *
 * The attempt's number is its fence: a report about any other number than the job's current
 * one changes nothing (invariant 2).
 */
import type { Output, Resources, Volume } from './spec.ts';

export interface AttemptRef {
  readonly job: string;
  readonly attempt: number;
}

/** A member, rendered: nothing in here still refers to another member or needs the job's spec. */
export interface MemberSpec {
  readonly role: string;
  /** Within its role, from 0. */
  readonly index: number;
  /** Within the gang, from 0: roles in the order of the spec. */
  readonly rank: number;
  readonly image?: string | undefined;
  /** Program and arguments; never empty. */
  readonly argv: readonly string[];
  readonly workingDir?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly volumes: readonly Volume[];
  /** Where it is to run, when that was decided; otherwise its runner chooses. */
  readonly node?: string | undefined;
}

export interface AttemptSpec {
  readonly ref: AttemptRef;
  readonly project: string;
  readonly jobName: string;
  readonly type: string;
  readonly members: readonly MemberSpec[];
  readonly timeoutMs?: number | undefined;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly checkpointPath?: string | undefined;
  readonly outputs: readonly Output[];
  /** W3C `traceparent` of the submission. */
  readonly traceparent?: string | undefined;
}

export type MemberPhase = 'waiting' | 'running' | 'ended';

/** How a member's process ended. Exactly one of `exitCode` and `signal` is set once it has run. */
export interface MemberExit {
  readonly exitCode?: number | undefined;
  /** `SIGKILL`, … */
  readonly signal?: string | undefined;
  /** Why it could not start, or what killed it, when the runner knows. */
  readonly reason?: FailureReason | undefined;
  readonly message?: string | undefined;
}

export interface MemberObservation {
  readonly role: string;
  readonly index: number;
  readonly rank: number;
  readonly phase: MemberPhase;
  readonly pid?: number | undefined;
  readonly node?: string | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly exit?: MemberExit | undefined;
  /** Peak proportional set size of the member and its descendants, bytes. */
  readonly peakMemoryBytes?: number | undefined;
  /** User and system time of the member and its descendants, milliseconds. */
  readonly cpuMs?: number | undefined;
}

/** Why an attempt failed. One word for programs; the sentence stands beside it. */
export type FailureReason =
  | 'CommandNotFound' // no such program (also exit 127 of a shell)
  | 'CommandNotExecutable' // found, not executable (also exit 126 of a shell)
  | 'WorkingDirMissing'
  | 'StartFailed' // the system refused to start it for another reason
  | 'ExitCode' // ended with a code other than 0
  | 'Signal' // killed by a signal that we did not send
  | 'OutOfMemory' // went over its memory
  | 'Timeout' // ran longer than spec.timeout
  | 'Deadline' // the job ran past spec.deadline
  | 'StartDeadline' // not started within spec.startDeadline
  | 'GraceExceeded' // ignored SIGTERM and was killed
  | 'ShimLost' // the runner's own process was killed; its members were stopped
  | 'NodeLost' // the machine restarted
  | 'AgentLost' // the agent was not heard for spec.onLost.replaceAfter
  | 'OutputMissing' // ended with 0 but a declared output is not there
  | 'Unsupported' // the runner cannot honour a field of the job
  | 'HandlerError' // the handler of a task threw
  | 'WorkerLost' // the worker of a task was not heard until its lease ended
  | 'ResultTooLarge'
  | 'DependencyFailed' // a task that this one waits for did not succeed
  | 'Internal';

/** What the handler of a task threw, as its worker told it. */
export interface HandlerError {
  readonly message: string;
  /** Name of the exception; retry rules match it as a reason. */
  readonly type?: string | undefined;
  readonly stack?: string | undefined;
  readonly retryable: boolean;
}

export type AttemptOutcome =
  | { readonly kind: 'succeeded' }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      /** The member that failed first; the rest were stopped because of it. */
      readonly member?: { readonly role: string; readonly index: number } | undefined;
      readonly exitCode?: number | undefined;
      readonly signal?: string | undefined;
      /** What a handler threw. */
      readonly error?: HandlerError | undefined;
    }
  /** Ended because the server asked for it. */
  | { readonly kind: 'stopped'; readonly graceExceeded: boolean };

export type AttemptPhase = 'starting' | 'running' | 'stopping' | 'ended';

export interface OutputFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** All that an agent sees of an attempt: always the whole, never a difference. */
export interface AttemptObservation {
  readonly ref: AttemptRef;
  readonly phase: AttemptPhase;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly members: readonly MemberObservation[];
  /** Set when, and only when, `phase` is `ended`: no process of the attempt lives. */
  readonly outcome?: AttemptOutcome | undefined;
  readonly outputs: readonly OutputFile[];
  /** What the runner did not use or mapped, in sentences for the job's events. */
  readonly notes: readonly string[];
}

export interface StopOrder {
  readonly graceMs: number;
  /** For the log: why it is stopped. */
  readonly why: string;
}

/** One file of an attempt: a member's log, or an output. */
export type AttemptFile =
  | { readonly kind: 'log'; readonly role: string; readonly index: number }
  | { readonly kind: 'output'; readonly name: string };
