/** The server's log: JSON lines. Of an error only what helps: drivers hang whole connections onto theirs. */
import { type Logger, pino } from 'pino';

export interface LogTarget {
  readonly level: string;
  /** A file, or 2 for standard error. */
  readonly to: string | 2;
}

/** How often a log that could not be written is tried again, milliseconds. */
const TRY_AGAIN = 1000;

/** A log that can not be written (a full disk, a reader that is gone) ends no server: what it says meanwhile is lost, and counted. */
export function openLog({ level, to }: LogTarget): Logger {
  const file = pino.destination({ dest: to, mkdir: true, sync: true, mode: 0o600 });
  const patient = new Patient(file, (lines) =>
    log.warn({ lines }, 'lines of the log were lost: it could not be written'),
  );
  const log = pino({ level, base: undefined, serializers: { err: shortError } }, patient);
  return log;
}

type File = ReturnType<typeof pino.destination>;

/** The line at which the trouble began is kept by the file and comes first when there is room; no other waits. */
class Patient {
  readonly #file: File;
  readonly #onBack: (lost: number) => void;
  #lost = 0;
  #retry: NodeJS.Timeout | undefined;
  #failed = false;

  constructor(file: File, onBack: (lost: number) => void) {
    this.#file = file;
    this.#onBack = onBack;
    file.on('error', () => {
      this.#failed = true;
      this.#retry ??= setInterval(() => this.#tryAgain(), TRY_AGAIN).unref();
    });
  }

  write(line: string): void {
    if (this.#retry) this.#lost += 1;
    else this.#file.write(line);
  }

  #tryAgain(): void {
    this.#failed = false;
    // Nothing more than what it still has.
    this.#file.write('');
    if (this.#failed) return;
    clearInterval(this.#retry);
    this.#retry = undefined;
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#onBack(lost);
  }
}

function shortError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { name, message, ...code, stack, ...(cause === undefined ? {} : { cause: shortError(cause) }) };
}
