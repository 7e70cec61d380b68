/** The terminal, as the verbs see it. Tests pass streams of their own; nothing here runs on import. */
import type { Readable, Writable } from 'node:stream';
import { EXIT } from './exit-codes.ts';

export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Io {
  readonly stdin: Readable & Terminal;
  readonly stdout: Writable & Terminal;
  readonly stderr: Writable & Terminal;
  /** The directory that relative paths are resolved against. */
  readonly cwd: string;
  /** Epoch milliseconds. */
  now(): number;
  /** Calls the listener at each Ctrl-C until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The real terminal. A reader that has closed its end (`| head`) ends the program without a word; an output that
 * can not be written, such as a file on a full disk, ends it as an error. Remarks that nobody can be told end nothing.
 */
export function processIo(process: NodeJS.Process): Io {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`error: the output can not be written: ${error.message}\n`);
    process.exit(EXIT.usage);
  });
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    now: Date.now,
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      return () => void process.off('SIGINT', listener);
    },
  };
}
