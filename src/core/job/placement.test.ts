/** What stays with an attempt of where it was put, how large it is, and who took its place. */
import { describe, expect, test } from 'vitest';
import { type Admission, admit } from './admit.ts';
import { type Preemption, preempt } from './preempt.ts';
import { renderAttempt } from './render.ts';
import { aJob, NOON } from './testing/builders.ts';
import type { Decision } from './transition.ts';

const job = (decision: Decision) => {
  if (decision.kind !== 'transition') throw new Error(decision.kind);
  return decision.transition.job;
};

const role = (name: string, min: number, max = min) => ({
  ...aJob().build().spec.roles[0]!,
  name,
  members: { min, max },
});

const elastic = aJob().spec({ roles: [role('driver', 1), role('worker', 2, 8)] });
const placed = [{ node: 'n1', group: 0, count: 1 }];

describe('admit', () => {
  test.each<{ what: string; how: Partial<Admission>; says: string; keeps: object }>([
    {
      what: 'an agent alone',
      how: {},
      says: 'attempt 1 admitted to main, after 1 min in default',
      keeps: {},
    },
    {
      what: 'a place with all that is known of it',
      how: { flavor: 'a100', domain: 'z1/r4', size: [1, 6], placed, backfilled: true },
      says: 'attempt 1 admitted to main, flavor a100, z1/r4, ahead of its turn, after 1 min in default',
      keeps: { flavor: 'a100', domain: 'z1/r4', size: [1, 6], placed, backfilled: true },
    },
    {
      what: 'a place in its turn, which goes without saying',
      how: { placed, backfilled: false },
      says: 'attempt 1 admitted to main, after 1 min in default',
      keeps: { placed },
    },
  ])('to $what', ({ how, says, keeps }) => {
    const { state, attempts } = job(admit(elastic.build(), { agent: 'main', now: NOON + 60_000, ...how }));
    expect(state).toMatchObject({ name: 'admitted', message: says });
    expect(attempts).toEqual([
      { number: 1, agent: 'main', admittedAt: NOON + 60_000, members: [], outputs: [], ...keeps },
    ]);
  });
});

describe('an attempt is rendered', () => {
  test.each([
    { what: 'with the least members when nothing was said', size: undefined, want: { driver: 1, worker: 2 } },
    { what: 'with what it was admitted with', size: [1, 6], want: { driver: 1, worker: 6 } },
    { what: 'with the most when there was room', size: [1, 8], want: { driver: 1, worker: 8 } },
  ])('$what', ({ size, want }) => {
    const admitted = job(admit(elastic.build(), { agent: 'main', now: NOON, size }));
    const { members } = renderAttempt(admitted, 1);
    expect(members.map(({ rank }) => rank)).toEqual(members.map((_, rank) => rank));
    const count = (name: string) => members.filter((member) => member.role === name).length;
    expect({ driver: count('driver'), worker: count('worker') }).toEqual(want);
  });

  test('as it was admitted itself, whatever the attempt before had', () => {
    const { spec, attempts } = job(admit(elastic.build(), { agent: 'main', now: NOON, size: [1, 8] }));
    const again = aJob().spec(spec).with({ attempts, fence: 1 }).build();
    const second = job(admit(again, { agent: 'main', now: NOON + 1, size: [1, 3] }));
    expect([1, 2].map((attempt) => renderAttempt(second, attempt).members.length)).toEqual([9, 4]);
  });
});

describe('preempt', () => {
  const by = '01900000-0000-7000-8000-000000000002';
  const taken = { by, byName: 'ocr/train', lostMs: 130_000, now: NOON };

  test.each<{ reason: Preemption['reason']; want: string }>([
    {
      reason: 'Reclaimed',
      want: 'preempted by ocr/train, whose queue takes back quota that it had lent; 2 min 10 s of work since its last checkpoint is lost',
    },
    {
      reason: 'HigherPriority',
      want: 'preempted by ocr/train, which has a higher priority; 2 min 10 s of work since its last checkpoint is lost',
    },
    {
      reason: 'Overrun',
      want: 'preempted by ocr/train, which it was let pass and has kept waiting longer than expected; 2 min 10 s of work since its last checkpoint is lost',
    },
  ])('says in a sentence by whom and why: $reason', ({ reason, want }) => {
    const { state, charges, attempts } = job(preempt(aJob().in('running').build(), { ...taken, reason }));
    expect(state).toMatchObject({ name: 'stopping', to: 'pending', reason: 'Preempted', message: want });
    expect(charges).toEqual({ failed: 0, lost: 0, preempted: 1 });
    expect(attempts[0]?.preempted).toEqual({ by, byName: 'ocr/train', reason, lostMs: 130_000 });
  });

  test.each([
    { state: 'admitted', want: 'transition' },
    { state: 'running', want: 'transition' },
    { state: 'pending', want: 'refused' },
    { state: 'stopping', want: 'refused' },
    { state: 'unreachable', want: 'refused' },
    { state: 'succeeded', want: 'refused' },
  ] as const)('a $state job: $want', ({ state, want }) => {
    expect(preempt(aJob().in(state).build(), { ...taken, reason: 'Reclaimed' }).kind).toBe(want);
  });
});
