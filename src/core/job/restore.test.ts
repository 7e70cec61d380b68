import { describe, expect, test } from 'vitest';
import { restored } from './restore.ts';
import { holdsProcesses, STATE_NAMES } from './state.ts';
import { aJob, NOON, stateNamed } from './testing/builders.ts';

const path = (job: Parameters<typeof restored>[0], oldIsGone: boolean) =>
  restored(job, { now: NOON, oldIsGone }).map(({ job: next }) => next.state.name);

const HELD = { attempt: 1, agent: 'local', reason: 'R', message: 'as asked', since: NOON };

describe('a job of a backup', () => {
  test.each([
    { state: 'admitted', want: ['stopping', 'suspended'] },
    { state: 'running', want: ['stopping', 'suspended'] },
    { state: 'unreachable', want: ['stopping', 'suspended'] },
    { state: 'pending', want: [] },
    { state: 'backoff', want: [] },
    { state: 'suspended', want: [] },
    { state: 'succeeded', want: [] },
  ] as const)('that was $state goes $want: the old installation may still run it', ({ state, want }) => {
    expect(path(aJob().in(state).build(), false)).toEqual(want);
  });

  test.each([
    { to: 'cancelled', want: ['stopping', 'cancelled'] },
    { to: 'failed', want: ['stopping', 'failed'] },
    { to: 'suspended', want: ['stopping', 'suspended'] },
    { to: 'pending', want: ['stopping', 'suspended'] },
    { to: 'backoff', want: ['stopping', 'suspended'] },
  ] as const)('that was being stopped to be $to goes $want', ({ to, want }) => {
    expect(
      path(
        aJob()
          .in({ name: 'stopping', to, ...HELD })
          .build(),
        false,
      ),
    ).toEqual(want);
  });

  test.each(['admitted', 'running', 'unreachable'] as const)(
    'that was %s waits for another attempt when the old installation is gone, charged as lost',
    (state) => {
      const [step] = restored(aJob().in(state).build(), { now: NOON, oldIsGone: true });
      expect(step?.job).toMatchObject({
        state: { name: 'pending', reason: 'AttemptLost' },
        charges: { lost: 1, failed: 0 },
        fence: 1,
      });
    },
  );

  test('says why it is suspended and what to do', () => {
    const [, last] = restored(aJob().in('running').build(), { now: NOON, oldIsGone: false });
    expect(last?.job.state).toMatchObject({ reason: 'Restored', message: expect.stringContaining('resume') });
    expect(last?.events).toHaveLength(1);
  });

  test.each(STATE_NAMES)('that was %s holds no process afterwards', (name) => {
    const job = aJob().in(stateNamed(name)).build();
    for (const oldIsGone of [true, false]) {
      const last = restored(job, { now: NOON, oldIsGone }).at(-1)?.job ?? job;
      expect(holdsProcesses(last.state)).toBe(false);
    }
  });
});
