import { describe, expect, test } from 'vitest';
import type { Desired } from '../contract/agent-link.ts';
import type { AttemptObservation, AttemptPhase, AttemptRef, AttemptSpec } from '../core/job/attempt.ts';
import type { Runner } from '../ports/runner.ts';
import { Reconciler } from './reconcile.ts';

const A: AttemptRef = { job: 'a', attempt: 1 };
const B: AttemptRef = { job: 'b', attempt: 2 };

/** A runner that only remembers what it was told; stopping ends at once, unless it hangs. */
function aRunner(held: readonly [AttemptRef, AttemptPhase][], { hangs = false } = {}) {
  const told: string[] = [];
  const attempts = new Map(held.map(([ref, phase]) => [`${ref.job}.${ref.attempt}`, observed(ref, phase)]));
  const watchers = new Set<(seen: AttemptObservation) => void>();
  const runner: Runner = {
    facts: async () => ({ kind: 'process', nodes: [] }),
    start: async ({ ref }) => void told.push(`start ${ref.job}.${ref.attempt}`),
    stop: async (ref, { graceMs }) => {
      told.push(`stop ${ref.job}.${ref.attempt} within ${graceMs}`);
      if (!hangs) for (const watcher of watchers) watcher(observed(ref, 'ended'));
    },
    list: async () => [...attempts.values()],
    watch: (onChange) => void watchers.add(onChange),
    read: async () => ({ offset: 0, bytes: new Uint8Array(), eof: true }),
    forget: async (ref, { job }) =>
      void told.push(`forget ${ref.job}.${ref.attempt}${job ? ' and its job' : ''}`),
  };
  return { runner, told };
}

function observed(ref: AttemptRef, phase: AttemptPhase): AttemptObservation {
  return { ref, phase, members: [], outputs: [], notes: [] };
}

function run(ref: AttemptRef, stop = false): Desired {
  const spec: AttemptSpec = {
    ref,
    project: 'p',
    jobName: 'j',
    type: 'batch',
    members: [],
    graceMs: 5000,
    outputs: [],
  };
  return { want: 'run', spec, ...(stop ? { stop: { graceMs: 5000, why: 'cancelled' } } : {}) };
}

async function apply(
  held: Parameters<typeof aRunner>[0],
  desired: readonly Desired[],
  full = false,
  hangs = false,
) {
  const { runner, told } = aRunner(held, { hangs });
  const reported: AttemptObservation[] = [];
  const reconciler = new Reconciler({
    runner,
    report: (seen) => reported.push(seen),
    onTrouble: (what) => told.push(`trouble ${what}`),
  });
  await reconciler.apply({ type: 'desired', seq: 1, full, attempts: desired });
  return { told, reported };
}

describe('an agent', () => {
  test.each([
    { what: 'starts what should run', held: [], desired: [run(A)], want: ['start a.1'] },
    {
      what: 'stops what runs and should not, with its grace',
      held: [[A, 'running']],
      desired: [run(A, true)],
      want: ['start a.1', 'stop a.1 within 5000'],
    },
    {
      what: 'keeps the files of what has ended',
      held: [[A, 'ended']],
      desired: [{ want: 'keep', ref: A }],
      want: [],
    },
    {
      what: 'forgets what is no longer needed',
      held: [[A, 'ended']],
      desired: [{ want: 'forget', ref: A, job: true }],
      want: ['forget a.1 and its job'],
    },
    {
      what: 'ends at once, and forgets, an attempt that is not current',
      held: [[B, 'running']],
      desired: [{ want: 'forget', ref: B, job: false }],
      want: ['stop b.2 within 0', 'forget b.2'],
    },
  ] as const)('$what', async ({ held, desired, want }) => {
    const { told } = await apply(held as never, desired as readonly Desired[]);
    await expect.poll(() => told).toEqual(want);
  });

  test('ends what a full statement does not name, and leaves what it names', async () => {
    const { told } = await apply(
      [
        [A, 'running'],
        [B, 'running'],
      ],
      [run(A)],
      true,
    );
    await expect.poll(() => told).toEqual(['stop b.2 within 0', 'start a.1', 'forget b.2']);
  });

  test('leaves what a partial statement does not name', async () => {
    const { told } = await apply([[B, 'running']], [run(A)]);
    expect(told).toEqual(['start a.1']);
  });

  test('does not start what is to be stopped before it ever came, and says that it has ended', async () => {
    const { told, reported } = await apply([], [run(A, true)]);
    expect(told).toEqual([]);
    expect(reported).toEqual([
      expect.objectContaining({ ref: A, phase: 'ended', outcome: { kind: 'stopped', graceExceeded: false } }),
    ]);
  });

  test.each([
    { what: 'run', stop: false },
    { what: 'be stopped', stop: true },
  ])(
    'tells as lost what has run, is to $what, and is not here: it is not started again',
    async ({ stop }) => {
      const { told, reported } = await apply([], [{ ...run(A, stop), startedAt: 1000 } as Desired], true);
      expect(told).toEqual([]);
      expect(reported).toEqual([
        expect.objectContaining({
          ref: A,
          phase: 'ended',
          startedAt: 1000,
          outcome: expect.objectContaining({ kind: 'failed', reason: 'NodeLost' }),
        }),
      ]);
    },
  );

  test('goes on with what has run and is here', async () => {
    const { told, reported } = await apply(
      [[A, 'running']],
      [{ ...run(A), startedAt: 1000 } as Desired],
      true,
    );
    expect({ told, reported }).toEqual({ told: ['start a.1'], reported: [] });
  });

  test('is not held up by an attempt that will not end', async () => {
    const { told } = await apply(
      [[B, 'running']],
      [{ want: 'forget', ref: B, job: false }, run(A)],
      false,
      true,
    );
    expect(told).toContain('start a.1');
  });

  test('tries again what it could not do, until it can or is told otherwise', async () => {
    const { runner, told } = aRunner([]);
    let full = true;
    const start = runner.start;
    runner.start = async (spec) => {
      if (full) throw new Error('ENOSPC');
      return start(spec);
    };
    const troubles: string[] = [];
    const reconciler = new Reconciler({
      runner,
      report: () => undefined,
      onTrouble: (what, error) => troubles.push(`${what}: ${(error as Error).message}`),
    });
    await reconciler.apply({ type: 'desired', seq: 1, full: true, attempts: [run(A), run(B)] });
    await reconciler.again();
    expect(troubles).toEqual(Array(4).fill('run: ENOSPC'));
    await reconciler.apply({ type: 'desired', seq: 2, full: false, attempts: [{ want: 'keep', ref: B }] });
    full = false;
    await reconciler.again();
    await reconciler.again();
    expect(told).toEqual(['start a.1']);
  });
});
