/** What is said to help does: applied, the job starts. And a table of what is said in which case. */
import { test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { changed } from './changed.ts';
import { whatWouldHelp } from './help.ts';
import { verdicts } from './plan.ts';
import { schedule } from './schedule.ts';
import type { PendingJob, Snapshot } from './snapshot.ts';
import { anyCluster } from './testing/any-cluster.ts';
import { aNode, aQueue, aSnapshot, holding, NOON, pending } from './testing/builders.ts';

const numRuns = Number(process.env.CAPSTAN_PROPERTY_RUNS ?? 500) / 4;

describe('what is said to help', () => {
  property.prop([anyCluster], { numRuns })('starts the job when it is applied', (snapshot) => {
    const [first] = verdicts(schedule(snapshot, NOON).explain);
    if (!first) return;
    for (const { change } of whatWouldHelp(snapshot, first.uid, NOON)) {
      const { admit } = schedule(changed(snapshot, change), NOON);
      expect(admit.map(({ uid }) => uid)).toContain(first.uid);
    }
  });

  const gang = (fields: Partial<PendingJob> = {}) => pending('job', { members: 4, cpu: 1000, ...fields });
  const racks = ['r1', 'r2'].map((rack, n) => aNode(`n${n}`, 2000, { labels: { 'capstan.dev/rack': rack } }));

  test.each<{ what: string; snapshot: Partial<Snapshot>; says: string }>([
    {
      what: 'of a full quota',
      snapshot: {
        queues: [aQueue('default', { quota: { cpu: 4000 } })],
        nodes: [aNode('n1', 8000)],
        holding: [holding('other', 1000)],
        pending: [gang()],
      },
      says: '1 cpu more quota for queue default (5 in all)',
    },
    {
      what: 'of a gang that is too large now',
      snapshot: { holding: [holding('other', 1000)], pending: [gang()] },
      says: '3 members instead of 4',
    },
    {
      what: 'of a rack that is required',
      snapshot: { nodes: racks, pending: [gang({ topology: { level: 'rack', required: true } })] },
      says: 'without the requirement that all of it is in one rack',
    },
    {
      what: 'of a job in the way',
      snapshot: { holding: [holding('other', 1000)], pending: [gang()] },
      says: 'job default/other ends',
    },
    {
      what: 'of a paused queue',
      snapshot: { queues: [aQueue('default', { state: 'paused' })], pending: [gang()] },
      says: 'queue default is resumed',
    },
    {
      what: 'of a kind of node that is full',
      snapshot: {
        nodes: [aNode('n1', 500, { labels: { gpu: 'a100' } }), aNode('n2', 4000, { labels: { gpu: 'l4' } })],
        pending: [gang({ groups: [{ count: 1, requests: { cpu: 1000 }, nodeSelector: { gpu: 'a100' } }] })],
      },
      says: 'gpu l4 instead of a100',
    },
    {
      what: 'of the number of jobs that may run',
      snapshot: {
        queues: [aQueue('default', { maxRunning: 1 })],
        holding: [holding('other', 0)],
        pending: [gang({ groups: [{ count: 1, requests: { cpu: 1 }, nodeSelector: {} }] })],
      },
      says: 'queue default may run 2 jobs',
    },
    {
      what: 'of a start that is not due',
      snapshot: { pending: [gang({ startAfter: NOON + 1 })] },
      says: 'its startAfter is taken away',
    },
    {
      what: 'of a cluster that is too small',
      snapshot: { nodes: [aNode('n1', 2000)], pending: [gang()] },
      says: 'one more node like n1',
    },
  ])('$what: $says', ({ snapshot, says }) => {
    const found = whatWouldHelp(aSnapshot(snapshot), 'uid-job', NOON);
    expect(found.map(({ sentence }) => sentence)).toContain(says);
  });
});
