/** Runs a command line against streams of its own, without a terminal or any environment but what is given. */
import { Readable, Writable } from 'node:stream';
import type { Env, Io } from '../io.ts';
import type { LocalVerbs } from '../local/verbs.ts';
import { runCli } from '../program.ts';

/** The time of every test. */
export const NOON = Date.parse('2026-01-02T12:00:00Z');

export interface RunOptions {
  readonly env?: Env;
  readonly stdin?: string;
  readonly cwd?: string;
  /** Standard output and error are terminals. */
  readonly tty?: boolean;
  readonly local?: Partial<LocalVerbs>;
  /** Told what comes on standard error, as it comes. */
  readonly onStderr?: (text: string) => void;
  /** In place of the pauses that are only counted. */
  readonly pause?: (ms: number) => Promise<void>;
  /** Given a function that plays Ctrl-C. */
  readonly onStart?: (interrupt: () => void) => void;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Pauses asked for between tries, milliseconds. */
  readonly pauses: readonly number[];
}

/** For a program whose local verbs are not run. */
export const UNUSED: LocalVerbs = {
  up: notUsed,
  server: notUsed,
  settings: async () => [],
  diagnose: async () => [],
  rotatePassword: notUsed,
  backup: notUsed,
  verifyBackup: notUsed,
  restore: notUsed,
};

/** No home of the person who runs the tests is read. */
const NOWHERE = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, stdin = '', cwd = '/work', tty = false } = options;
  const stdout = new Collector(tty);
  const stderr = new Collector(tty, options.onStderr);
  const listeners = new Set<() => void>();
  const pauses: number[] = [];
  const io: Io = {
    stdin: Object.assign(Readable.from([Buffer.from(stdin)]), { isTTY: false }),
    stdout,
    stderr,
    cwd,
    now: () => NOON,
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  options.onStart?.(() => {
    for (const listener of [...listeners]) listener();
  });
  const code = await runCli(argv, {
    io,
    env: { ...NOWHERE, ...env },
    version: '1.2.3',
    local: { ...UNUSED, ...options.local },
    pause: async (ms) => {
      pauses.push(ms);
      await options.pause?.(ms);
    },
  });
  return { code, stdout: stdout.text, stderr: stderr.text, pauses };
}

class Collector extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 100;

  readonly #heard: ((text: string) => void) | undefined;

  constructor(isTTY: boolean, heard?: (text: string) => void) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    this.#heard = heard;
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    this.text += text;
    this.#heard?.(text);
    done();
  }
}

async function notUsed(): Promise<never> {
  throw new Error('no local verb is expected here');
}
