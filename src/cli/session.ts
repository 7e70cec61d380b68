/** One run of the command: what its global flags, environment and terminal come to. */
import type { Command } from 'commander';
import { UsageError } from './errors.ts';
import type { Env, Io } from './io.ts';
import type { OutputFormat } from './output/document.ts';
import { type Paint, paintFor, wantsColour } from './output/paint.ts';
import { type Client, createClient } from './remote/client.ts';
import { type GlobalFlags, resolveSettings, type Settings } from './settings.ts';

/** What the program was made with; the same for every verb. */
export interface Shell {
  readonly io: Io;
  readonly env: Env;
  readonly version: string;
  /** For tests; real pauses otherwise. */
  readonly pause?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
  /** Says how the run ended. */
  end(code: number): void;
}

export interface Session {
  readonly io: Io;
  readonly env: Env;
  readonly paint: Paint;
  readonly output: OutputFormat | undefined;
  readonly flags: GlobalFlags;
  client(): Promise<Client>;
  project(): Promise<string>;
  /** A line on standard output: the result. */
  print(line: string): void;
  /** A line on standard error: remarks that no program reads. */
  note(line: string): void;
}

export function openSession(shell: Shell, command: Command): Session {
  const flags: GlobalFlags = command.optsWithGlobals();
  const { io, env } = shell;
  let settings: Promise<Settings> | undefined;
  const resolved = () => {
    settings ??= resolveSettings(flags, env);
    return settings;
  };
  return {
    io,
    env,
    flags,
    paint: paintFor(wantsColour(io.stdout, env, flags.color)),
    output: flags.output,
    client: async () => connect(shell, flags, await resolved()),
    project: async () => (await resolved()).project,
    print: (line) => void io.stdout.write(`${line}\n`),
    note: (line) => void io.stderr.write(`${line}\n`),
  };
}

async function connect({ version, pause }: Shell, flags: GlobalFlags, settings: Settings): Promise<Client> {
  const { server, key } = settings;
  const timeoutMs = flags.requestTimeout === undefined ? undefined : await milliseconds(flags.requestTimeout);
  return createClient({ server, key, userAgent: `capstan/${version}`, timeoutMs, pause });
}

async function milliseconds(text: string): Promise<number> {
  const { parseDuration } = await import('../contract/scalars.ts');
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) {
    throw new UsageError(`--request-timeout ${text} is no duration`, 'Write it like 30s or 2m.');
  }
  return ms;
}
