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
  backup: notUsed,
  verifyBackup: notUsed,
  restore: notUsed,
};

/** No home of the person who runs the tests is read. */
const NOWHERE = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, stdin = '', cwd = '/work', tty = false } = options;
  const stdout = new Collector(tty);
  const stderr = new Collector(tty);
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
    pause: async (ms) => void pauses.push(ms),
  });
  return { code, stdout: stdout.text, stderr: stderr.text, pauses };
}

class Collector extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 100;

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    done();
  }
}

async function notUsed(): Promise<never> {
  throw new Error('no local verb is expected here');
}
