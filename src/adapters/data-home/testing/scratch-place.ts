/** A place for the data directories of a test, and everything that they would put elsewhere. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataHomeOptions } from '../open-data-home.ts';

export const asRoot = process.getuid?.() === 0;

export interface ScratchPlace extends AsyncDisposable {
  /** A directory that everyone can enter. */
  readonly open: string;
  /** A directory that only its owner can enter. */
  readonly closed: string;
  readonly areasRoot: string;
  /** Options that touch nothing outside. */
  options(dir: string): DataHomeOptions;
}

export async function scratchPlace(): Promise<ScratchPlace> {
  const root = await realpath(await mkdtemp('/tmp/capstan-dh-'));
  await chmod(root, 0o711);
  const [open, closed] = [join(root, 'open'), join(root, 'closed')];
  await mkdir(open);
  await chmod(open, 0o755);
  await mkdir(closed, { mode: 0o700 });
  const areasRoot = join(root, 'areas');
  return {
    open,
    closed,
    areasRoot,
    options: (dir) => ({ dir, areasRoot, runBases: [join(root, 'run')] }),
    [Symbol.asyncDispose]: async () => {
      const left = await readdir(join(root, 'run')).catch(() => []);
      await rm(root, { recursive: true });
      if (left.length > 0) throw new Error(`left in the run directory: ${left.join(', ')}`);
    },
  };
}

export async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

export interface Holder {
  readonly held: boolean;
  readonly pid: number;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

/** Another Capstan: a process that opens the data home and keeps it. */
export async function startHolder(options: DataHomeOptions): Promise<Holder> {
  const script = join(import.meta.dirname, 'holder.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    return { ...(JSON.parse(line) as { held: boolean; pid: number }), kill };
  }
  throw new Error('the holder ended without an answer');
}
