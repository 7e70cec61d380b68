/** What follows a failed attempt: the retry policy, as its owner wrote it. */
import type { AttemptOutcome, FailureReason } from './attempt.ts';
import type { RetryAction, RetryPolicy, RetryRule } from './spec.ts';

export type Failure = Extract<AttemptOutcome, { kind: 'failed' }>;

/** The attempt went down with something that is not the job's fault. */
const LOSSES: ReadonlySet<FailureReason> = new Set(['ShimLost', 'NodeLost', 'AgentLost', 'WorkerLost']);

/** Trying again on the same command can't help: nothing of it has run. */
const HOPELESS: ReadonlySet<FailureReason> = new Set([
  'CommandNotFound',
  'CommandNotExecutable',
  'WorkingDirMissing',
  'Unsupported',
  'DependencyFailed',
]);

export type Verdict = 'lost' | RetryAction;

/** Rules first, in their order; then losses, then what is hopeless; the rest is retried within the limit. */
export function judge(policy: RetryPolicy, failure: Failure): Verdict {
  const rule = policy.rules.find((candidate) => matches(candidate, failure));
  if (rule) return rule.action;
  if (LOSSES.has(failure.reason)) return 'lost';
  if (HOPELESS.has(failure.reason) && failure.exitCode === undefined) return 'fail';
  if (failure.error?.retryable === false) return 'fail';
  return 'retry';
}

function matches(rule: RetryRule, failure: Failure): boolean {
  const { exitCodes, signals, reasons } = rule;
  if (exitCodes && (failure.exitCode === undefined || !exitCodes.includes(failure.exitCode))) return false;
  if (signals && (failure.signal === undefined || !signals.includes(failure.signal))) return false;
  const named = [failure.reason, failure.error?.type];
  return !reasons || named.some((name) => name !== undefined && reasons.includes(name));
}

/** Share of the delay that jitter moves it by, either way, so that a herd of retries spreads. */
const JITTER = 0.2;

/**
 * The delay before the attempt after `failures` failed ones, in milliseconds:
 * `initial × factor^(failures − 1)`, moved by up to ±20 %, at most `max`.
 * @param random from [0, 1)
 */
export function backoffDelay(policy: RetryPolicy, failures: number, random: number): number {
  const { initialMs, factor, maxMs } = policy.backoff;
  const delay = Math.min(maxMs, initialMs * factor ** Math.max(0, failures - 1));
  return Math.round(Math.min(maxMs, delay * (1 - JITTER + 2 * JITTER * random)));
}
