import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AttemptObservation } from '../../core/job/attempt.ts';
import { aMember, anAttempt, runnerConformance } from '../../ports/testing/runner-conformance.ts';
import { createSimulatedRunner } from './runner.ts';

const NOON = Date.parse('2027-01-01T12:00:00Z');
const NODES = ['n-0', 'n-1', 'n-2'].map((name) => ({
  name,
  allocatable: { cpu: 8000, memory: 2 ** 33 },
  labels: {},
}));

runnerConformance(
  'the simulated runner',
  async () => {
    const runner = createSimulatedRunner({ nodes: NODES });
    return { runner, close: () => runner.close() };
  },
  {
    begun: 'simulated on',
    leftOut: {
      'each member is told its place in the gang': 'no process runs that could be told, or could say it',
      'what a member prints in its grace is kept': 'no process runs that could print',
      'what a member prints is its log, line by line': 'no process runs that could print',
    },
  },
);

describe('the simulated runner', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOON, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  /** A runner and all that it told. */
  function watched() {
    const runner = createSimulatedRunner({ nodes: NODES });
    const told: AttemptObservation[] = [];
    runner.watch((seen) => told.push(seen), new AbortController().signal);
    return { runner, told, last: () => told.at(-1) };
  }

  const member = (env: Readonly<Record<string, string>>, argv: readonly string[] = ['train']) => ({
    ...aMember('', { env }),
    argv,
  });

  test.each<{ what: string; env: Record<string, string>; argv: string[]; ms: number }>([
    { what: 'for ten seconds by itself', env: {}, argv: ['train'], ms: 10_000 },
    {
      what: 'as long as the variable says',
      env: { CAPSTAN_SIMULATED_MS: '1500' },
      argv: ['sleep', '9'],
      ms: 1500,
    },
    { what: 'as long as its sleep', env: {}, argv: ['sleep', '2.5'], ms: 2500 },
    { what: 'as long as its sleep, with a unit', env: {}, argv: ['/bin/sleep', '2m'], ms: 120_000 },
    { what: 'longer than a timer of Node can', env: {}, argv: ['sleep', '40d'], ms: 40 * 86_400_000 },
  ])('waits $what', async ({ env, argv, ms }) => {
    const { runner, last } = watched();
    await runner.start(anAttempt([], { members: [member(env, argv)] }));
    vi.advanceTimersByTime(ms - 1);
    expect(last()).toMatchObject({ phase: 'running' });
    vi.advanceTimersByTime(1);
    expect(last()).toMatchObject({ phase: 'ended', outcome: { kind: 'succeeded' } });
    expect((last()?.endedAt ?? 0) - (last()?.startedAt ?? 0)).toBe(ms);
  });

  test.each([
    {
      what: 'an exit code other than 0',
      members: [member({ CAPSTAN_SIMULATED_EXIT: '3' })],
      want: { reason: 'ExitCode', exitCode: 3, member: { role: 'worker', index: 0 } },
    },
    {
      what: 'a time that is none',
      members: [member({ CAPSTAN_SIMULATED_MS: '1s' })],
      want: {
        reason: 'StartFailed',
        message: 'CAPSTAN_SIMULATED_MS must be a whole number: milliseconds, at most a year',
      },
    },
    {
      what: 'an exit code that is none',
      members: [member({ CAPSTAN_SIMULATED_EXIT: '256' })],
      want: { message: 'CAPSTAN_SIMULATED_EXIT must be a whole number: an exit code from 0 to 255' },
    },
    {
      what: 'its timeout',
      members: [member({}, ['sleep', '600'])],
      timeoutMs: 2000,
      want: { reason: 'Timeout', message: 'ran longer than its timeout of 2 s' },
    },
  ])('fails by $what', async ({ members, timeoutMs, want }) => {
    const { runner, last } = watched();
    await runner.start(anAttempt([], { members, timeoutMs }));
    vi.advanceTimersByTime(10_000);
    expect(last()).toMatchObject({ phase: 'ended', outcome: { kind: 'failed', ...want } });
  });

  test('members are spread round its nodes, but for those that were told theirs', async () => {
    const { runner, last } = watched();
    const told = { ...member({}), node: 'n-2' };
    await runner.start(anAttempt([], { members: [told, member({}), member({}), member({}), member({})] }));
    expect(last()?.members.map(({ node }) => node)).toEqual(['n-2', 'n-0', 'n-1', 'n-2', 'n-0']);
  });

  test('a stop ends it within the grace, and says so when it was too short', async () => {
    const { runner, last } = watched();
    const spec = anAttempt([], {
      members: [member({ CAPSTAN_SIMULATED_STOP_MS: '5000' }, ['sleep', '600'])],
    });
    await runner.start(spec);
    await runner.stop(spec.ref, { graceMs: 3000, why: 'cancelled' });
    expect(last()).toMatchObject({ phase: 'stopping' });
    vi.advanceTimersByTime(3000);
    expect(last()).toMatchObject({
      outcome: { kind: 'stopped', graceExceeded: true },
      members: [{ exit: { signal: 'SIGKILL' } }],
    });
  });

  test('the log says that it is simulated, where and for how long', async () => {
    const { runner } = watched();
    const spec = anAttempt([], { members: [member({ CAPSTAN_SIMULATED_EXIT: '4' }, ['sleep', '90'])] });
    await runner.start(spec);
    const file = { kind: 'log', role: 'worker', index: 0 } as const;
    const { bytes } = await runner.read(spec.ref, file, { offset: 0, limit: 1000 });
    expect(Buffer.from(bytes).toString()).toBe(
      '2027-01-01T12:00:00.000000000Z stdout F simulated on n-0: waits for 1 min 30 s, then exits with 4\n',
    );
  });

  test('what runs cannot be forgotten', async () => {
    const { runner } = watched();
    const spec = anAttempt([], { members: [member({})] });
    await runner.start(spec);
    await expect(runner.forget(spec.ref, { job: true })).rejects.toMatchObject({ code: 'EBUSY' });
  });

  test('15,000 attempts, 5,000 at a time, cost next to nothing', async () => {
    const { runner, told } = watched();
    const began = performance.now();
    for (let wave = 0; wave < 3; wave += 1) {
      for (let i = 0; i < 5000; i += 1) {
        const ms = String(1000 + ((i * 7919) % 20_000));
        await runner.start(anAttempt([], { members: [member({ CAPSTAN_SIMULATED_MS: ms })] }));
      }
      vi.advanceTimersByTime(21_000);
      for (const { ref } of await runner.list()) await runner.forget(ref, { job: true });
    }
    expect(told.filter(({ phase }) => phase === 'ended')).toHaveLength(15_000);
    expect(runner.running()).toBe(0);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
