import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AttemptSpec } from '../../core/job/attempt.ts';
import { anAttempt, ended, logLines, runToEnd, said, seen } from '../../ports/testing/runner-conformance.ts';
import type { ShimIdentity } from './launch.ts';
import { attemptDir, layoutOf } from './layout.ts';
import { addAttempt } from './store.ts';
import {
  aProcessRunner,
  markedProcesses,
  type ProcessRunnerUnderTest,
  shimOf,
  until,
} from './testing/fixture.ts';

/** Says `ready`, then waits for a file in its checkpoint directory. */
const WAITS =
  'echo ready; until [ -e "$CAPSTAN_CHECKPOINT_PATH/go" ]; do sleep 0.02; done; echo went; exit 5';

async function fresh(): Promise<ProcessRunnerUnderTest> {
  const under = await aProcessRunner();
  onTestFinished(() => under.close());
  return under;
}

async function letGo(under: ProcessRunnerUnderTest, { ref }: AttemptSpec): Promise<void> {
  await writeFile(`${layoutOf(attemptDir(under.root, ref)).checkpoint}/go`, '');
}

/** Capstan's own process, of which nothing but the runner matters here: starts an attempt and stays. */
async function otherProcess(root: string, spec: AttemptSpec): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('./testing/start-and-stay.ts', import.meta.url));
  const child = spawn(process.execPath, [program, root, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

describe('after a restart of Capstan', { timeout: 30_000 }, () => {
  test('a new runner follows what the old one started, to its exit code and the end of its log', async () => {
    const under = await fresh();
    const spec = anAttempt([WAITS]);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    await under.runner.close();
    const next = under.again();
    expect(await next.list()).toMatchObject([{ ref: spec.ref, phase: 'running' }]);
    await next.start(spec);
    await letGo(under, spec);
    expect((await ended(next, spec.ref)).outcome).toMatchObject({ kind: 'failed', exitCode: 5 });
    expect(await logLines(next, spec.ref)).toEqual(['ready', 'went']);
  });

  test('an attempt whose runner was killed goes on, and ends while nobody looks', async () => {
    const under = await fresh();
    const spec = anAttempt([WAITS]);
    const other = await otherProcess(under.root, spec);
    await under.runner.close();
    other.kill('SIGKILL');
    await once(other, 'exit');
    const shim = await shimOf(under.root, spec.ref);
    await until(() => markedProcesses(spec.ref).length > 0);
    await letGo(under, spec);
    await until(() => markedProcesses(spec.ref).length === 0);
    await until(async () =>
      (await readFile(layoutOf(attemptDir(under.root, spec.ref)).journal, 'utf8')).includes('"ended"'),
    );
    expect(shim.pid).not.toBe(other.pid);
    const next = under.again();
    expect((await ended(next, spec.ref)).outcome).toMatchObject({
      kind: 'failed',
      reason: 'ExitCode',
      exitCode: 5,
    });
    expect(await logLines(next, spec.ref)).toEqual(['ready', 'went']);
  });

  test('an attempt that was accepted but not begun is begun', async () => {
    const under = await fresh();
    await under.runner.list();
    const spec = anAttempt(['echo hello']);
    const rest = { node: 'here', masterPort: 20_001, pathDirs: [], logCapBytes: 2 ** 20, pollMs: 250 };
    await addAttempt(under.root, { spec, ...rest });
    const next = under.again();
    expect((await ended(next, spec.ref)).outcome).toEqual({ kind: 'succeeded' });
    expect(await logLines(next, spec.ref)).toEqual(['hello']);
  });

  test('two runners that begin the same attempt start it once', async () => {
    const under = await fresh();
    await under.runner.list();
    const other = under.again();
    const spec = anAttempt(['echo once; sleep 0.3']);
    await Promise.all([under.runner.start(spec), other.start(spec)]);
    for (const runner of [under.runner, other]) {
      expect((await ended(runner, spec.ref)).outcome).toEqual({ kind: 'succeeded' });
      expect(await logLines(runner, spec.ref)).toEqual(['once']);
    }
  });

  test('what a power cut left half written is no attempt, and can be started', async () => {
    const under = await fresh();
    const spec = anAttempt(['echo hello']);
    await runToEnd(under.runner, spec);
    await under.runner.close();
    await writeFile(layoutOf(attemptDir(under.root, spec.ref)).launch, '{"spec":');
    const next = under.again();
    expect(await next.list()).toEqual([]);
    expect((await runToEnd(next, spec)).outcome).toEqual({ kind: 'succeeded' });
  });

  test('an order to stop that nobody heard is obeyed', async () => {
    const under = await fresh();
    const spec = anAttempt(['echo ready; exec sleep 600']);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    await under.runner.close();
    const next = under.again();
    await next.stop(spec.ref, { graceMs: 5000, why: 'cancelled' });
    expect((await ended(next, spec.ref)).outcome).toEqual({ kind: 'stopped', graceExceeded: false });
  });
});

describe('when the shim is gone', { timeout: 30_000 }, () => {
  test('and whose end cannot be written down, is ended as soon as it can be', async () => {
    const under = await fresh();
    const spec = anAttempt(['echo ready; sleep 600']);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    const { journal } = layoutOf(attemptDir(under.root, spec.ref));
    await rename(journal, `${journal}.away`);
    await symlink('/nowhere/journal', journal);
    process.kill((await shimOf(under.root, spec.ref)).pid, 'SIGKILL');
    await until(() => markedProcesses(spec.ref).length === 0);
    expect(await under.runner.list()).toMatchObject([{ phase: 'running' }]);
    await rename(`${journal}.away`, journal);
    expect((await ended(under.runner, spec.ref)).outcome).toMatchObject({ reason: 'ShimLost' });
  });

  test.each([
    { title: 'a runner that started it', restarted: false },
    { title: 'a runner that found it', restarted: true },
  ])('$title stops what it left, and says so', async ({ restarted }) => {
    const under = await fresh();
    const spec = anAttempt(["trap '' TERM; setsid sleep 600 & echo ready; sleep 600", 'sleep 600']);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    const runner = restarted ? under.again() : under.runner;
    if (restarted) await under.runner.close();
    await seen(runner, spec.ref, ({ phase }) => phase === 'running');
    process.kill((await shimOf(under.root, spec.ref)).pid, 'SIGKILL');
    const { outcome, members } = await ended(runner, spec.ref);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'ShimLost' });
    expect(members.map(({ phase }) => phase)).toEqual(['ended', 'ended']);
    expect(markedProcesses(spec.ref)).toEqual([]);
  });

  test('because the machine restarted, the attempt was lost with the node', async () => {
    const under = await fresh();
    const spec = anAttempt(['echo hello']);
    await runToEnd(under.runner, spec);
    await under.runner.close();
    const layout = layoutOf(attemptDir(under.root, spec.ref));
    const shim = JSON.parse(await readFile(layout.shim, 'utf8')) as ShimIdentity;
    await writeFile(layout.shim, JSON.stringify({ ...shim, boot: 'an-earlier-one' }));
    const journal = await readFile(layout.journal, 'utf8');
    await writeFile(layout.journal, journal.split('\n').slice(0, 2).join('\n'));
    await appendFile(layout.journal, '\n{"kind":"member-en');
    const { outcome } = await ended(under.again(), spec.ref);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'NodeLost' });
  });

  test('because it could not be started, the attempt fails and says why', async () => {
    const under = await aProcessRunner({ nodeBinary: '/no/such/node' });
    onTestFinished(() => under.close());
    const { outcome } = await runToEnd(under.runner, anAttempt(['true']));
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'StartFailed',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('when the shim itself fails', { timeout: 30_000 }, () => {
  test('the attempt ends, with the reason', async () => {
    const under = await fresh();
    await under.runner.list();
    const spec = anAttempt(['true']);
    const { dir, work } = layoutOf(attemptDir(under.root, spec.ref));
    await mkdir(dir, { recursive: true });
    await writeFile(work, 'in the way');
    const { outcome } = await runToEnd(under.runner, spec);
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'Internal',
      message: expect.stringContaining('EEXIST'),
    });
  });
});

describe('forgetting', { timeout: 30_000 }, () => {
  test('removes all that was kept, once the attempt has ended', async () => {
    const under = await fresh();
    const spec = anAttempt([WAITS]);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    await expect(under.runner.forget(spec.ref, { job: true })).rejects.toMatchObject({ code: 'EBUSY' });
    await letGo(under, spec);
    await ended(under.runner, spec.ref);
    await under.runner.forget(spec.ref, { job: true });
    await expect(readFile(attemptDir(under.root, spec.ref))).rejects.toMatchObject({ code: 'ENOENT' });
    await rm(`${under.root}/${spec.ref.job}`, { recursive: true }).then(
      () => expect.fail('the job was still there'),
      (error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOENT'),
    );
  });
});
