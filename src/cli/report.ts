/** Says what went wrong, each problem on a line of its own and what to do last, and picks the exit code. */
import { inspect } from 'node:util';
import type { Problem } from '../contract/error.ts';
import { InvalidInput, LocalError, UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Env, Io } from './io.ts';
import { type Paint, paintFor, wantsColour } from './output/paint.ts';
import { oneLine } from './output/safe-text.ts';
import { ApiError, Unreachable } from './remote/client-errors.ts';

export function report(error: unknown, { io, env }: { io: Io; env: Env }): ExitCode {
  const paint = paintFor(wantsColour(io.stderr, env, undefined));
  io.stderr.write(`${describeError(error, paint).join('\n')}\n`);
  if (env.CAPSTAN_DEBUG) io.stderr.write(`${inspect(error)}\n`);
  return codeFor(error);
}

export function codeFor(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof InvalidInput) return EXIT.usage;
  if (error instanceof ApiError) return error.status >= 500 ? EXIT.unreachable : EXIT.refused;
  return error instanceof Unreachable || error instanceof LocalError ? EXIT.unreachable : EXIT.defect;
}

/** The lines: what, its details, what next. */
export function describeError(error: unknown, paint: Paint): string[] {
  const head = `${paint.error('error:')} ${oneLine((error as Error)?.message ?? String(error))}`;
  if (error instanceof InvalidInput) {
    const details = error.problems.map((problem) => `  ${problem.where}: ${sentence(problem)}`);
    return [head, ...details, ...nextLine(error.next)];
  }
  if (error instanceof ApiError) {
    const details = error.details.map((problem) => `  ${sentence(problem)}`);
    const id = error.requestId === '' ? [] : [paint.dim(`request id: ${oneLine(error.requestId)}`)];
    return [head, ...details, ...nextLine(error.next), ...id];
  }
  if (error instanceof UsageError || error instanceof Unreachable || error instanceof LocalError) {
    return [head, ...nextLine(error.next)];
  }
  return [head, 'next: This is a defect of capstan; set CAPSTAN_DEBUG=1 for its stack, and report it.'];
}

function sentence({ path, expected, got, hint }: Problem): string {
  const where = path === '' ? '' : `${path}: `;
  return oneLine(`${where}expected ${expected}, got ${got}${hint ? ` (${hint})` : ''}`);
}

function nextLine(next: string | undefined): string[] {
  return next ? [`next: ${oneLine(next)}`] : [];
}
