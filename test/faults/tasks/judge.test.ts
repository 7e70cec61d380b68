/** A judge that can not find anything would find everything in order. */
import { describe, expect, test } from 'vitest';
import type { JobView } from '../../../src/contract/job.ts';
import type { EventView } from '../../../src/contract/stream.ts';
import type { Trace } from './crew.ts';
import { judgeTasks, type Seen } from './judge.ts';

function aJob(uid: string, status: object = {}): JobView {
  const usual = {
    state: 'succeeded',
    message: '',
    attempt: 1,
    charges: { failed: 0, lost: 0, preempted: 0 },
  };
  return { metadata: { uid }, status: { ...usual, ...status } } as JobView;
}

const event = (reason: string, state: string) => ({ uid: 'a', reason, state }) as EventView;
const EVENTS = [event('Submitted', 'pending'), event('Started', 'running'), event('Completed', 'succeeded')];
const ran = (attempt: number, ...what: Trace['what'][]) =>
  what.map((one) => ({ uid: 'a', attempt, what: one }));
const lostOnce = aJob('a', { attempt: 2, charges: { failed: 0, lost: 1, preempted: 0 } });

function seen(change: Partial<Seen> = {}): Seen {
  const usual = { acknowledged: ['a'], jobs: [aJob('a')], events: EVENTS, traces: ran(1, 'start', 'end') };
  return { ...usual, ...change };
}

describe('the judge of tasks', () => {
  test.each<{ what: string; change: Partial<Seen>; twice?: number }>([
    { what: 'a task that ran once', change: {} },
    {
      what: 'a handler that ran twice because a lease was lost',
      change: {
        jobs: [lostOnce],
        events: [...EVENTS, event('Started', 'running')],
        traces: [...ran(1, 'start'), ...ran(2, 'start', 'end')],
      },
      twice: 1,
    },
  ])('has nothing against $what', ({ change, twice = 0 }) => {
    expect(judgeTasks(seen(change))).toMatchObject({ broken: [], ranTwice: twice });
  });

  test.each<{ what: string; change: Partial<Seen>; says: string }>([
    { what: 'lost', change: { acknowledged: ['a', 'b'] }, says: 'is not there' },
    { what: 'stored twice', change: { jobs: [aJob('a'), aJob('b')] }, says: 'there twice' },
    { what: 'answered twice', change: { acknowledged: ['a', 'a'] }, says: 'with one task' },
    { what: 'stuck', change: { jobs: [aJob('a', { state: 'running' })] }, says: 'is running' },
    { what: 'ended twice', change: { events: [...EVENTS, ...EVENTS.slice(2)] }, says: 'ended 2 times' },
    { what: 'ended untold', change: { events: EVENTS.slice(0, 2) }, says: 'ended 0 times' },
    { what: 'never run', change: { traces: ran(1, 'start') }, says: 'which no handler ended' },
    {
      what: 'begun twice under one lease',
      change: { traces: [...ran(1, 'start'), ...ran(1, 'start', 'end')] },
      says: 'one of them twice',
    },
    {
      what: 'begun twice without a lost lease',
      change: { jobs: [aJob('a', { attempt: 2 })], traces: [...ran(1, 'start'), ...ran(2, 'start', 'end')] },
      says: 'only 0 leases were lost',
    },
  ])('finds a task that was $what', ({ change, says }) => {
    expect(judgeTasks(seen(change)).broken.join('\n')).toContain(says);
  });
});
