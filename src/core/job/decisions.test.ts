import { describe, expect, test } from 'vitest';
import { cancel } from './cancel.ts';
import { dueAt, onDue } from './due.ts';
import { observe } from './observe.ts';
import { agentSilent } from './reach.ts';
import { redrive } from './redrive.ts';
import { backoffDelay, judge } from './retry.ts';
import { resume, suspend } from './suspend.ts';
import { aJob, FAILED, NOON, seen, stateNamed } from './testing/builders.ts';
import type { Decision } from './transition.ts';
import { update } from './update.ts';

const BY = { by: 'ada', now: NOON };

function stateOf(decision: Decision) {
  return decision.kind === 'transition' ? decision.transition.job.state : undefined;
}

function shape(decision: Decision) {
  const state = stateOf(decision);
  return state ? `${state.name}${'to' in state ? ` to ${state.to}` : ''}` : decision.kind;
}

describe('cancel', () => {
  test.each([
    { state: 'pending', want: 'cancelled' },
    { state: 'backoff', want: 'cancelled' },
    { state: 'suspended', want: 'cancelled' },
    { state: 'admitted', want: 'stopping to cancelled' },
    { state: 'running', want: 'stopping to cancelled' },
    { state: 'unreachable', want: 'stopping to cancelled' },
    { state: 'stopping', want: 'stopping to cancelled' },
    { state: 'succeeded', want: 'refused' },
    { state: 'failed', want: 'refused' },
    { state: 'cancelled', want: 'none' },
  ] as const)('a $state job becomes $want', ({ state, want }) => {
    expect(shape(cancel(aJob().in(state).build(), BY))).toBe(want);
  });
});

describe('suspend and resume', () => {
  test.each([
    { state: 'pending', want: 'suspended' },
    { state: 'backoff', want: 'suspended' },
    { state: 'running', want: 'stopping to suspended' },
    { state: 'suspended', want: 'none' },
    { state: 'stopping', want: 'none' },
    { state: 'failed', want: 'refused' },
  ] as const)('suspending a $state job: $want', ({ state, want }) => {
    expect(shape(suspend(aJob().in(state).build(), BY))).toBe(want);
  });

  test('a job that is being cancelled is not suspended', () => {
    const stopping = { ...stateNamed('stopping'), to: 'cancelled' } as ReturnType<typeof stateNamed>;
    expect(shape(suspend(aJob().in(stopping).build(), BY))).toBe('refused');
  });

  test.each([
    { state: 'suspended', want: 'pending' },
    { state: 'stopping', want: 'stopping to pending' },
    { state: 'running', want: 'refused' },
  ] as const)('resuming a $state job: $want', ({ state, want }) => {
    expect(shape(resume(aJob().in(state).build(), BY))).toBe(want);
  });
});

describe('redrive', () => {
  test('only a dead letter gets another chance, with fresh charges', () => {
    const job = aJob()
      .in('failed')
      .with({ charges: { failed: 4, lost: 2, preempted: 1 } })
      .build();
    const decision = redrive(job, BY);
    expect(decision.kind === 'transition' && decision.transition.job.charges).toEqual({
      failed: 0,
      lost: 0,
      preempted: 0,
    });
    expect(shape(redrive(aJob().in('succeeded').build(), BY))).toBe('refused');
  });
});

describe('update', () => {
  test.each([
    { to: { priority: 80 }, state: 'running', want: 'priority 50 → 80' },
    { to: { queue: 'other' }, state: 'pending', want: 'queue default → other' },
    { to: { labels: { a: 'b' } }, state: 'pending', want: 'labels' },
  ] as const)('$want is said in an event', ({ to, state, want }) => {
    const decision = update(aJob().in(state).build(), { ...to, ...BY });
    expect(decision.kind === 'transition' && decision.transition.events[0]?.message).toContain(want);
  });

  test('the queue of a running job stays', () => {
    expect(shape(update(aJob().in('running').build(), { queue: 'other', ...BY }))).toBe('refused');
  });

  test('what is there already changes nothing', () => {
    expect(shape(update(aJob().build(), { priority: 50, ...BY }))).toBe('none');
  });
});

describe('observe', () => {
  const by = { agent: 'local', now: NOON, random: 0.5 };
  const stopping = (to: 'cancelled' | 'pending' | 'failed') =>
    ({ ...stateNamed('stopping'), to }) as ReturnType<typeof stateNamed>;

  test.each([
    { state: stateNamed('admitted'), phase: 'running', want: 'running' },
    { state: stateNamed('unreachable'), phase: 'running', want: 'running' },
    { state: stateNamed('unreachable'), phase: 'starting', want: 'admitted' },
    { state: stateNamed('admitted'), phase: 'starting', want: 'none' },
    { state: stopping('cancelled'), phase: 'stopping', want: 'none' },
  ] as const)('a $state.name job whose attempt is $phase: $want', ({ state, phase, want }) => {
    expect(shape(observe(aJob().in(state).build(), seen(phase), by))).toBe(want);
  });

  test.each([
    { state: stateNamed('running'), outcome: { kind: 'succeeded' }, want: 'succeeded' },
    { state: stateNamed('admitted'), outcome: { kind: 'succeeded' }, want: 'succeeded' },
    { state: stateNamed('unreachable'), outcome: { kind: 'succeeded' }, want: 'succeeded' },
    { state: stopping('pending'), outcome: { kind: 'succeeded' }, want: 'succeeded' },
    { state: stopping('failed'), outcome: { kind: 'succeeded' }, want: 'succeeded' },
    { state: stopping('cancelled'), outcome: { kind: 'succeeded' }, want: 'cancelled' },
    { state: stopping('cancelled'), outcome: { kind: 'stopped', graceExceeded: true }, want: 'cancelled' },
    { state: stopping('pending'), outcome: { kind: 'stopped', graceExceeded: false }, want: 'pending' },
    { state: stopping('failed'), outcome: { kind: 'stopped', graceExceeded: false }, want: 'failed' },
    { state: stateNamed('running'), outcome: FAILED, want: 'backoff' },
  ] as const)(
    'a $state.name job whose attempt ended as $outcome.kind becomes $want',
    ({ state, outcome, want }) => {
      expect(shape(observe(aJob().in(state).build(), seen('ended', outcome), by))).toBe(want);
    },
  );

  test.each([
    { state: stateNamed('admitted'), want: ['Started running', 'Completed undefined'] },
    { state: stateNamed('running'), want: ['Completed undefined'] },
  ])(
    'an attempt that ended before it was seen running is told to have started ($state.name)',
    ({ state, want }) => {
      const decision = observe(
        aJob().in(state).build(),
        { ...seen('ended', { kind: 'succeeded' }), startedAt: NOON },
        by,
      );
      const events = decision.kind === 'transition' ? decision.transition.events : [];
      expect(events.map((event) => `${event.reason} ${event.state}`)).toEqual(want);
    },
  );

  test('a report of a stale attempt, or of another agent, changes nothing', () => {
    const job = aJob()
      .in({ ...stateNamed('running'), attempt: 2 } as ReturnType<typeof stateNamed>)
      .build();
    expect(observe(job, seen('ended', { kind: 'succeeded' }), by).kind).toBe('none');
    expect(observe(aJob().in('running').build(), seen('ended', FAILED), { ...by, agent: 'other' }).kind).toBe(
      'none',
    );
  });

  test('the last retry is followed by the dead letter, with the reason of its failure', () => {
    const spent = aJob()
      .retries(1)
      .in('running')
      .with({ charges: { failed: 1, lost: 0, preempted: 0 } })
      .build();
    const state = stateOf(observe(spent, seen('ended', FAILED), by));
    expect(state).toMatchObject({
      name: 'failed',
      reason: 'ExitCode',
      message: expect.stringContaining('the 1 retry is used'),
    });
  });

  test('a lost attempt is charged to losses, not to the retries', () => {
    const lost = { kind: 'failed', reason: 'NodeLost', message: 'the machine restarted' } as const;
    const decision = observe(aJob().retries(0).in('running').build(), seen('ended', lost), by);
    expect(shape(decision)).toBe('pending');
    expect(decision.kind === 'transition' && decision.transition.job.charges).toEqual({
      failed: 0,
      lost: 1,
      preempted: 0,
    });
  });
});

describe('judge', () => {
  const policy = aJob().build().spec.retry;
  test.each([
    { when: 'a rule names the exit code', rules: [{ exitCodes: [1], action: 'fail' }], want: 'fail' },
    { when: 'a rule names another exit code', rules: [{ exitCodes: [2], action: 'fail' }], want: 'retry' },
    { when: 'a rule names the reason', rules: [{ reasons: ['ExitCode'], action: 'ignore' }], want: 'ignore' },
    {
      when: 'both conditions of a rule must hold',
      rules: [{ exitCodes: [1], signals: ['SIGKILL'], action: 'fail' }],
      want: 'retry',
    },
    {
      when: 'the first rule decides',
      rules: [
        { exitCodes: [1], action: 'ignore' },
        { exitCodes: [1], action: 'fail' },
      ],
      want: 'ignore',
    },
  ] as const)('$when: $want', ({ rules, want }) => {
    expect(judge({ ...policy, rules }, FAILED)).toBe(want);
  });

  test('a command that does not exist is not tried again', () => {
    expect(judge(policy, { kind: 'failed', reason: 'CommandNotFound', message: '' })).toBe('fail');
  });

  test.each([
    { failures: 1, want: 1000 },
    { failures: 2, want: 2000 },
    { failures: 4, want: 8000 },
    { failures: 40, want: 60_000 },
  ])('the delay after $failures failures is $want ms, give or take a fifth', ({ failures, want }) => {
    expect(backoffDelay(policy, failures, 0.5)).toBe(want);
    expect(backoffDelay(policy, failures, 0)).toBe(want * 0.8);
    expect(backoffDelay(policy, failures, 0.999)).toBeLessThanOrEqual(Math.min(60_000, want * 1.2));
  });
});

describe('time', () => {
  const at = (now: number) => ({ now, random: 0 });
  test.each([
    { what: 'a backoff ends', job: aJob().in('backoff'), due: NOON + 1000, want: 'pending' },
    {
      what: 'a pending job passes its deadline',
      job: aJob().spec({ deadlineMs: 5000 }),
      due: NOON + 5000,
      want: 'failed',
    },
    {
      what: 'a running job passes its deadline',
      job: aJob().in('running').spec({ deadlineMs: 5000 }),
      due: NOON + 5000,
      want: 'stopping to failed',
    },
    {
      what: 'a job did not start in time',
      job: aJob().spec({ startDeadlineMs: 3000 }),
      due: NOON + 3000,
      want: 'failed',
    },
    {
      what: 'the start deadline counts from the earliest start',
      job: aJob().spec({ startDeadlineMs: 3000, startAfter: NOON + 9000 }),
      due: NOON + 12_000,
      want: 'failed',
    },
    {
      what: 'a lost agent is replaced',
      job: aJob().in('unreachable').spec({ replaceAfterMs: 4000 }),
      due: NOON + 4000,
      want: 'pending',
    },
  ])('$what: $want', ({ job, due, want }) => {
    const built = job.build();
    expect(dueAt(built)).toBe(due);
    expect(onDue(built, at(due - 1)).kind).toBe('none');
    expect(shape(onDue(built, at(due)))).toBe(want);
  });

  test('without onLost.replaceAfter a lost agent is waited for, for ever', () => {
    expect(dueAt(aJob().in('unreachable').build())).toBeUndefined();
  });

  test('a silent agent makes its jobs unreachable, and they keep their attempt', () => {
    const state = stateOf(agentSilent(aJob().in('running').build(), { now: NOON + 30_000, lastHeard: NOON }));
    expect(state).toMatchObject({ name: 'unreachable', attempt: 1, agent: 'local', was: 'running' });
  });
});
