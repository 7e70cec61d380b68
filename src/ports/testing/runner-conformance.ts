/**
 * What every `Runner` does, whatever it runs attempts on. The members are `sh` scripts; where a runner only
 * waits, the environment beside a script says how long and how it ends. An implementation's own tests cover
 * what only it does.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptObservation, AttemptRef, AttemptSpec, MemberSpec } from '../../core/job/attempt.ts';
import type { AttemptFile, FileChunk, Runner } from '../runner.ts';

export interface Conformance {
  /** Tests that make no sense for this runner: why, by title. Each is shown as skipped, with the reason. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** What a member's log says once it has begun: what the script prints, unless none is run. */
  readonly begun?: string;
}

/** A script, and what does the same where nothing runs. */
export interface Script {
  readonly sh: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Ends by itself after that time. */
function ends(sh: string, { ms = 0, exit = 0 } = {}): Script {
  return { sh, env: { CAPSTAN_SIMULATED_MS: String(ms), CAPSTAN_SIMULATED_EXIT: String(exit) } };
}

/** Never ends unless it is stopped, and then takes that time. */
function stays(sh: string, stopMs = 0): Script {
  return { sh, env: { CAPSTAN_SIMULATED_MS: '600000', CAPSTAN_SIMULATED_STOP_MS: String(stopMs) } };
}

export interface RunnerUnderTest {
  readonly runner: Runner;
  /** Lets go of everything: no process, file or listener stays. */
  close(): Promise<void>;
}

/** The longest that a test waits for anything, milliseconds. */
const PATIENCE_MS = 20_000;

let jobs = 0;

/** A job uid that no other test of this run has. */
export function newJob(): string {
  jobs += 1;
  return `job-${process.pid}-${Date.now().toString(36)}-${jobs}`;
}

/** A member that runs a script by `sh -c`. */
export function aMember(script: string, change: Partial<MemberSpec> = {}): MemberSpec {
  const rank = change.rank ?? 0;
  return {
    role: 'worker',
    index: rank,
    rank,
    argv: ['sh', '-c', script],
    env: {},
    resources: {},
    volumes: [],
    ...change,
  };
}

/** An attempt with one member for each script. */
export function anAttempt(
  scripts: readonly (string | Script)[],
  change: Partial<AttemptSpec> = {},
): AttemptSpec {
  return {
    ref: { job: newJob(), attempt: 1 },
    project: 'vision',
    jobName: 'digits',
    type: 'batch',
    members: scripts.map((script, rank) =>
      typeof script === 'string' ? aMember(script, { rank }) : aMember(script.sh, { rank, env: script.env }),
    ),
    graceMs: 10_000,
    outputs: [],
    ...change,
  };
}

/** Waits until an attempt is seen as wanted, by the runner's own telling. @throws Error when it takes too long */
export async function seen(
  runner: Runner,
  ref: AttemptRef,
  wanted: (attempt: AttemptObservation) => boolean,
): Promise<AttemptObservation> {
  const over = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<AttemptObservation>();
  let last: AttemptObservation | undefined;
  const take = (attempt: AttemptObservation): void => {
    if (attempt.ref.job !== ref.job || attempt.ref.attempt !== ref.attempt) return;
    last = attempt;
    if (wanted(attempt)) resolve(attempt);
  };
  const patience = setTimeout(
    () => reject(new Error(`not seen; last: ${JSON.stringify(last)}`)),
    PATIENCE_MS,
  );
  try {
    runner.watch(take, over.signal);
    for (const attempt of await runner.list()) take(attempt);
    return await promise;
  } finally {
    clearTimeout(patience);
    over.abort();
  }
}

export function ended(runner: Runner, ref: AttemptRef): Promise<AttemptObservation> {
  return seen(runner, ref, ({ phase }) => phase === 'ended');
}

export async function runToEnd(runner: Runner, spec: AttemptSpec): Promise<AttemptObservation> {
  await runner.start(spec);
  return ended(runner, spec.ref);
}

/** Reads a file to its end, waiting for what is still to come. @throws Error when it takes too long */
export async function readAll(
  runner: Runner,
  ref: AttemptRef,
  file: AttemptFile,
  limit = 65_536,
): Promise<FileChunk[]> {
  const chunks: FileChunk[] = [];
  const deadline = Date.now() + PATIENCE_MS;
  for (let offset = 0; ; ) {
    const chunk = await runner.read(ref, file, { offset, limit });
    chunks.push(chunk);
    offset = chunk.offset + chunk.bytes.length;
    if (chunk.eof) return chunks;
    if (Date.now() > deadline) throw new Error(`no end of ${JSON.stringify(file)} after ${offset} bytes`);
    if (chunk.bytes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The lines of a member's log without time, stream and tag; parts of one line put together. */
export async function logLines(
  runner: Runner,
  ref: AttemptRef,
  index = 0,
  role = 'worker',
): Promise<string[]> {
  const chunks = await readAll(runner, ref, { kind: 'log', role, index });
  const lines: string[] = [];
  let open = false;
  for (const line of Buffer.concat(chunks.map(({ bytes }) => bytes))
    .toString('latin1')
    .split('\n')
    .slice(0, -1)) {
    const [, tag = '', text = ''] = /^\S+ std(?:out|err) ([FP]) (.*)$/s.exec(line) ?? [];
    if (open) lines.push(`${lines.pop()}${text}`);
    else lines.push(text);
    open = tag === 'P';
  }
  return lines;
}

export function runnerConformance(
  name: string,
  makeRunner: () => Promise<RunnerUnderTest>,
  { leftOut = {}, begun = 'ready' }: Conformance = {},
): void {
  describe(`${name} as a runner`, { timeout: 30_000 }, () => {
    let under: RunnerUnderTest;
    let runner: Runner;

    beforeAll(async () => {
      under = await makeRunner();
      runner = under.runner;
    });
    afterAll(() => under.close());

    beforeEach(({ task, skip }) => {
      const why = leftOut[task.name];
      if (why !== undefined) skip(why);
    });

    describeOutcomes(() => runner);
    describeOrders(() => runner, begun);
    describeReading(() => runner, begun);

    test('facts name at least one node with processors and memory', async () => {
      const { nodes } = await runner.facts();
      expect(nodes.length).toBeGreaterThan(0);
      for (const { allocatable } of nodes) {
        expect(allocatable.cpu).toBeGreaterThan(0);
        expect(allocatable.memory).toBeGreaterThan(0);
      }
    });
  });
}

function describeOutcomes(runner: () => Runner): void {
  test.concurrent.each([
    { title: 'a member that exits with 0 succeeds', scripts: [ends('true')], want: { kind: 'succeeded' } },
    {
      title: 'an exit code is kept',
      scripts: [ends('exit 3', { exit: 3 })],
      want: { kind: 'failed', reason: 'ExitCode', exitCode: 3, member: { role: 'worker', index: 0 } },
    },
    {
      title: 'the member that failed first is named, and the others are stopped',
      scripts: [stays('exec sleep 600'), ends('exit 7', { exit: 7 }), stays('exec sleep 600')],
      want: { kind: 'failed', reason: 'ExitCode', exitCode: 7, member: { role: 'worker', index: 1 } },
    },
    {
      title: 'members may end one after the other',
      scripts: [ends('true'), ends('sleep 0.2', { ms: 200 })],
      want: { kind: 'succeeded' },
    },
  ])('$title', async ({ scripts, want }) => {
    const attempt = await runToEnd(runner(), anAttempt(scripts));
    expect(attempt.outcome).toMatchObject(want);
    expect(attempt.members.map(({ phase }) => phase)).toEqual(scripts.map(() => 'ended'));
    expect(attempt.startedAt).toBeLessThanOrEqual(attempt.endedAt ?? 0);
  });

  test.concurrent('each member is told its place in the gang', async () => {
    const script =
      'echo $RANK/$WORLD_SIZE $CAPSTAN_ROLE-$CAPSTAN_ROLE_INDEX $CAPSTAN_JOB_NAME.$CAPSTAN_PROJECT';
    const spec = anAttempt([script, script]);
    await runToEnd(runner(), spec);
    expect(await logLines(runner(), spec.ref, 0)).toEqual(['0/2 worker-0 digits.vision']);
    expect(await logLines(runner(), spec.ref, 1)).toEqual(['1/2 worker-1 digits.vision']);
  });
}

function describeOrders(runner: () => Runner, begun: string): void {
  test.concurrent('starting twice, also at once, is starting one', async () => {
    const spec = anAttempt([ends('echo once')]);
    await Promise.all([runner().start(spec), runner().start(spec)]);
    await ended(runner(), spec.ref);
    await runner().start(spec);
    expect(await logLines(runner(), spec.ref)).toHaveLength(1);
    const found = (await runner().list()).filter(({ ref }) => ref.job === spec.ref.job);
    expect(found.map(({ phase }) => phase)).toEqual(['ended']);
  });

  test.concurrent('a member may use its grace to end by itself', async () => {
    const spec = anAttempt([
      stays("trap 'sleep 0.1; exit 0' TERM; echo ready; while :; do sleep 0.05; done", 100),
    ]);
    await runner().start(spec);
    await said(runner(), spec.ref, begun);
    await runner().stop(spec.ref, { graceMs: 10_000, why: 'preempted' });
    expect((await ended(runner(), spec.ref)).outcome).toEqual({ kind: 'stopped', graceExceeded: false });
  });

  test.concurrent('what a member prints in its grace is kept', async () => {
    const spec = anAttempt(["trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done"]);
    await runner().start(spec);
    await said(runner(), spec.ref, begun);
    await runner().stop(spec.ref, { graceMs: 10_000, why: 'preempted' });
    await ended(runner(), spec.ref);
    expect((await logLines(runner(), spec.ref)).at(-1)).toBe('saved');
  });

  test.concurrent('a later stop shortens the grace', async () => {
    const spec = anAttempt([stays("trap '' TERM; echo ready; while :; do sleep 0.05; done", 600_000)]);
    await runner().start(spec);
    await said(runner(), spec.ref, begun);
    await runner().stop(spec.ref, { graceMs: 600_000, why: 'preempted' });
    await seen(runner(), spec.ref, ({ phase }) => phase === 'stopping');
    await runner().stop(spec.ref, { graceMs: 100, why: 'cancelled' });
    expect((await ended(runner(), spec.ref)).outcome).toEqual({ kind: 'stopped', graceExceeded: true });
  });

  test.concurrent('stopping what is not there, or has ended, changes nothing', async () => {
    await runner().stop({ job: newJob(), attempt: 1 }, { graceMs: 0, why: 'cancelled' });
    const spec = anAttempt([ends('true')]);
    await runToEnd(runner(), spec);
    await runner().stop(spec.ref, { graceMs: 0, why: 'cancelled' });
    expect((await ended(runner(), spec.ref)).outcome).toEqual({ kind: 'succeeded' });
  });

  test.concurrent('what is forgotten is not listed or read any more', async () => {
    const spec = anAttempt([ends('echo hello')]);
    await runToEnd(runner(), spec);
    await runner().forget(spec.ref, { job: true });
    await runner().forget(spec.ref, { job: true });
    expect((await runner().list()).filter(({ ref }) => ref.job === spec.ref.job)).toEqual([]);
    await expect(
      runner().read(spec.ref, { kind: 'log', role: 'worker', index: 0 }, { offset: 0, limit: 10 }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
}

function describeReading(runner: () => Runner, begun: string): void {
  test.concurrent('a log can be read while it grows, and ends when the member has', async () => {
    const spec = anAttempt([stays("trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done")]);
    await runner().start(spec);
    const chunk = await said(runner(), spec.ref, begun);
    const rest = { offset: chunk.offset + chunk.bytes.length, limit: 100 };
    const file = { kind: 'log', role: 'worker', index: 0 } as const;
    expect(await runner().read(spec.ref, file, rest)).toMatchObject({ offset: rest.offset, eof: false });
    await runner().stop(spec.ref, { graceMs: 10_000, why: 'cancelled' });
    await ended(runner(), spec.ref);
    expect(await runner().read(spec.ref, file, rest)).toMatchObject({ offset: rest.offset, eof: true });
  });

  test.concurrent('pieces of any size make the same log', async () => {
    const spec = anAttempt([ends('for i in 1 2 3 4 5; do echo line $i; done')]);
    await runToEnd(runner(), spec);
    const file = { kind: 'log', role: 'worker', index: 0 } as const;
    const [small, large] = await Promise.all(
      [7, 65_536].map((limit) => readAll(runner(), spec.ref, file, limit)),
    );
    const whole = (chunks: readonly FileChunk[] = []): string =>
      String(Buffer.concat(chunks.map(({ bytes }) => bytes)));
    expect(whole(small)).toBe(whole(large));
    expect(whole(large)).not.toBe('');
  });

  test.concurrent('what a member prints is its log, line by line', async () => {
    const spec = anAttempt(['for i in 1 2 3 4 5; do echo line $i; done']);
    await runToEnd(runner(), spec);
    expect(await logLines(runner(), spec.ref)).toEqual([1, 2, 3, 4, 5].map((i) => `line ${i}`));
  });

  test.concurrent('a file that no member has is not found', async () => {
    const spec = anAttempt([ends('true')]);
    await runToEnd(runner(), spec);
    const range = { offset: 0, limit: 10 };
    for (const file of [
      { kind: 'log', role: 'worker', index: 1 },
      { kind: 'output', name: 'model' },
    ] as const) {
      await expect(runner().read(spec.ref, file, range)).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });
}

/** Waits until a member's log has a line with that text, and gives all that was read up to there. */
export async function said(runner: Runner, ref: AttemptRef, text: string, index = 0): Promise<FileChunk> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const file = { kind: 'log', role: 'worker', index } as const;
    const chunk = await runner.read(ref, file, { offset: 0, limit: 2 ** 20 });
    if (Buffer.from(chunk.bytes).includes(text)) return chunk;
    if (chunk.eof || Date.now() > deadline)
      throw new Error(`${text} was never said: ${Buffer.from(chunk.bytes)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
