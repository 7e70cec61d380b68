/** The terminal, as the verbs see it. Tests pass streams of their own; nothing here runs on import. */
import type { Readable, Writable } from 'node:stream';

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

/** The real terminal. A reader that has closed its end (`| head`) ends the program without a word. */
export function processIo(process: NodeJS.Process): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
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
