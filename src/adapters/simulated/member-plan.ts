/** What a simulated member does, read from its environment and command: how long it waits, and how it ends. */
import { DURATION_VARIABLE, EXIT_VARIABLE, STOP_VARIABLE } from '../../contract/simulated-env.ts';
import type { MemberSpec } from '../../core/job/attempt.ts';

const DEFAULT_MS = 10_000;
/** A year; more is a slip. */
const LONGEST_MS = 366 * 86_400_000;
/** As `sleep` of GNU has them. */
const SLEEP_UNITS: Readonly<Record<string, number>> = {
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export interface MemberPlan {
  /** From its start to its end, milliseconds. */
  readonly durationMs: number;
  readonly exitCode: number;
  /** From being asked to stop to its end, milliseconds. */
  readonly stopMs: number;
}

/** What is wrong with the environment is said in a sentence, without the value. */
export type PlanOrProblem = MemberPlan | { readonly problem: string };

export function planOf({ env, argv }: Pick<MemberSpec, 'env' | 'argv'>): PlanOrProblem {
  const durationMs = whole(env[DURATION_VARIABLE], LONGEST_MS) ?? sleepOf(argv) ?? DEFAULT_MS;
  const exitCode = whole(env[EXIT_VARIABLE], 255) ?? 0;
  const stopMs = whole(env[STOP_VARIABLE], LONGEST_MS) ?? 0;
  if (Number.isNaN(durationMs)) return wrong(DURATION_VARIABLE, 'milliseconds, at most a year');
  if (Number.isNaN(exitCode)) return wrong(EXIT_VARIABLE, 'an exit code from 0 to 255');
  if (Number.isNaN(stopMs)) return wrong(STOP_VARIABLE, 'milliseconds, at most a year');
  return { durationMs, exitCode, stopMs };
}

function wrong(variable: string, expected: string): PlanOrProblem {
  return { problem: `${variable} must be a whole number: ${expected}` };
}

/** Undefined when it is absent, NaN when it is no whole number or too large. */
function whole(text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,12}$/.test(text) && Number(text) <= most ? Number(text) : Number.NaN;
}

/** Undefined when the command is none, or is to sleep for longer than a year. */
function sleepOf(argv: readonly string[]): number | undefined {
  const [program = '', time = '', ...more] = argv;
  const match = /^(\d{1,9}(?:\.\d{1,9})?)([smhd]?)$/.exec(time);
  if (!/(^|\/)sleep$/.test(program) || more.length > 0 || !match) return undefined;
  const ms = Math.round(Number(match[1]) * (SLEEP_UNITS[match[2] ?? ''] ?? 1000));
  return ms <= LONGEST_MS ? ms : undefined;
}
