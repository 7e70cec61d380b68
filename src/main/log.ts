/** The server's log: JSON lines. Of an error only what helps: drivers hang whole connections onto theirs. */
import { type Logger, pino } from 'pino';

export interface LogTarget {
  readonly level: string;
  /** A file, or 2 for standard error. */
  readonly to: string | 2;
}

export function openLog({ level, to }: LogTarget): Logger {
  return pino(
    { level, base: undefined, serializers: { err: shortError } },
    pino.destination({ dest: to, mkdir: true, sync: true, mode: 0o600 }),
  );
}

function shortError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { name, message, ...code, stack, ...(cause === undefined ? {} : { cause: shortError(cause) }) };
}
