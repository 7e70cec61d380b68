/**
 * Says in a sentence how a member ended. Pure. The sentence keeps the number that the process
 * left, since people search for it.
 */
import { constants } from 'node:os';
import type { AttemptOutcome, FailureReason, MemberExit, MemberSpec } from '../../../core/job/attempt.ts';

export type Failure = Extract<AttemptOutcome, { kind: 'failed' }>;

/** How the system says that a process ended: one of the two is set. */
export interface RawExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Why the runner itself killed a member. */
export interface Cause {
  readonly reason: FailureReason;
  readonly message: string;
}

/** @param cause set when the runner killed it @param kernelOom the kernel's own killer struck meanwhile */
export function judgeExit(raw: RawExit, cause: Cause | undefined, kernelOom: boolean): MemberExit {
  const how = raw.signal === null ? { exitCode: raw.code ?? 0 } : { signal: raw.signal };
  if (cause !== undefined) return { ...how, ...cause };
  if (raw.signal !== null) {
    return { ...how, reason: 'Signal', message: describeSignal(raw.signal, kernelOom) };
  }
  return raw.code === 0 ? how : { ...how, ...describeCode(raw.code ?? 0) };
}

/**
 * The exit of a member after it was told to stop: no failure of its own, whatever its code.
 * @param killedAfterMs set when SIGKILL was needed
 */
export function judgeEndedExit(raw: RawExit, why: string, killedAfterMs: number | undefined): MemberExit {
  if (raw.signal === null) {
    return { exitCode: raw.code ?? 0, message: `exited with code ${raw.code} when it was stopped: ${why}` };
  }
  if (raw.signal === 'SIGKILL' && killedAfterMs !== undefined) {
    const message = `went on for ${seconds(killedAfterMs)} after SIGTERM and was killed: ${why}`;
    return { signal: raw.signal, reason: 'GraceExceeded', message };
  }
  return { signal: raw.signal, message: `stopped: ${why}` };
}

export function failureOf(member: MemberSpec, exit: MemberExit): Failure {
  const { reason = 'Internal', message = 'ended for a reason that is not known', exitCode, signal } = exit;
  return {
    kind: 'failed',
    reason,
    message: `${memberName(member)}: ${message}`,
    member: { role: member.role, index: member.index },
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}

export function memberName(member: { readonly role: string; readonly index: number }): string {
  return `${member.role}-${member.index}`;
}

function describeSignal(signal: string, kernelOom: boolean): string {
  if (signal !== 'SIGKILL') return `killed by ${signal}, which Capstan did not send`;
  return kernelOom
    ? 'killed by SIGKILL, which Capstan did not send; the out-of-memory killer of this machine struck meanwhile'
    : 'killed by SIGKILL, which Capstan did not send';
}

function describeCode(code: number): Cause {
  if (code === 127) {
    return {
      reason: 'CommandNotFound',
      message: 'exited with code 127, by which a shell says that a command was not found; its log names it',
    };
  }
  if (code === 126) {
    return {
      reason: 'CommandNotExecutable',
      message:
        'exited with code 126, by which a shell says that a command cannot be executed; its log names it',
    };
  }
  const name = code > 128 ? signalName(code - 128) : undefined;
  const hint = name === undefined ? '' : `, by which a shell says that its command was killed by ${name}`;
  return { reason: 'ExitCode', message: `exited with code ${code}${hint}` };
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}

export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
