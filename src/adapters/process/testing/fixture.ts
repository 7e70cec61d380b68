/** A process runner in a directory of its own, which is gone afterwards, with all that it ran. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptRef } from '../../../core/job/attempt.ts';
import type { RunnerUnderTest } from '../../../ports/testing/runner-conformance.ts';
import { readJson, type ShimIdentity } from '../launch.ts';
import { attemptDir, layoutOf } from '../layout.ts';
import { isAlive } from '../procfs.ts';
import { createProcessRunner, type ProcessRunner, type ProcessRunnerOptions } from '../runner.ts';
import { findAttempts } from '../store.ts';
import { NOBODY, ROOT } from './users.ts';

export interface ProcessRunnerUnderTest extends RunnerUnderTest {
  readonly runner: ProcessRunner;
  readonly root: string;
  /** Another runner of the same root, as after a restart of Capstan. Closed with the first. */
  again(change?: Partial<ProcessRunnerOptions>): ProcessRunner;
}

export async function aProcessRunner(
  change: Partial<ProcessRunnerOptions> = {},
): Promise<ProcessRunnerUnderTest> {
  const root = await mkdtemp(join(tmpdir(), 'capstan-process-'));
  const made: ProcessRunner[] = [];
  const again = (more: Partial<ProcessRunnerOptions> = {}): ProcessRunner => {
    const runner = createProcessRunner({ ...options(root), ...change, ...more });
    made.push(runner);
    return runner;
  };
  return {
    runner: again(),
    root,
    again,
    async close() {
      await stopAll(made.at(-1)!);
      await Promise.all(made.map((runner) => runner.close()));
      await shimsGone(root);
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function options(root: string): ProcessRunnerOptions {
  return { root, nodeName: 'here', nodeBinary: process.execPath, ...(ROOT ? { runAs: NOBODY } : {}) };
}

async function stopAll(runner: ProcessRunner): Promise<void> {
  for (const { ref } of await runner.list()) await runner.stop(ref, { graceMs: 0, why: 'the test is over' });
  await until(async () => (await runner.list()).every(({ phase }) => phase === 'ended'));
}

async function shimsGone(root: string): Promise<void> {
  const dirs = await findAttempts(root);
  await until(async () =>
    dirs.every((dir) => {
      const shim = readJson<ShimIdentity>(layoutOf(dir).shim);
      return shim === undefined || !isAlive(shim);
    }),
  );
}

/** Waits for a condition, looking every few milliseconds. @throws Error after 20 s */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Living processes whose environment carries the attempt's mark: found without the code under test. */
export function markedProcesses({ job, attempt }: AttemptRef): number[] {
  const mark = `CAPSTAN_PROCESS_MARK=${job}.${attempt}\0`;
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)
        ? [Number(name)]
        : [];
    } catch {
      return [];
    }
  });
}

/** The shim of an attempt. @throws Error when none has taken it within 20 s */
export async function shimOf(root: string, ref: AttemptRef): Promise<ShimIdentity> {
  const { shim } = layoutOf(attemptDir(root, ref));
  await until(() => readJson(shim) !== undefined);
  return readJson<ShimIdentity>(shim)!;
}
