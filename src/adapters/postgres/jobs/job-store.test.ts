/** What the store keeps of a job, and what it tells of it. */
import { describe, expect, test } from 'vitest';
import { admit } from '../../../core/job/admit.ts';
import { cancel } from '../../../core/job/cancel.ts';
import { redrive } from '../../../core/job/redrive.ts';
import { aSubmission, decided, ended, NOON } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

describe('a job', () => {
  test('is read as it was submitted, by uid and by name', async () => {
    const first = aSubmission({ labels: { team: 'ocr' }, spec: { deadlineMs: 1000, startAfter: NOON + 5 } });
    expect(await db.store.jobs.submit(first)).toEqual({ kind: 'stored', job: first.job });
    expect(await db.store.jobs.get('vision', first.job.uid)).toEqual(first.job);
    expect(await db.store.jobs.get('vision', first.job.name)).toEqual(first.job);
    expect(await db.store.jobs.get('speech', first.job.uid)).toBeUndefined();
  });

  test('goes through its life in one table at a time, and comes back from a dead letter', async () => {
    const { job } = aSubmission();
    await db.store.jobs.submit({ job, from: 0, events: [] });
    const admitted = await db.store.jobs.apply(decided(admit(job, { agent: 'local', now: NOON + 1 })));
    expect(await db.store.jobs.heldBy('local')).toEqual([admitted]);
    const failed = await db.store.jobs.apply(ended(admitted!, { exitCode: 1, now: NOON + 2 }));
    expect(failed?.state.name).toBe('failed');
    expect(await db.store.jobs.get('vision', job.name)).toEqual(failed);
    expect(await db.store.jobs.heldBy('local')).toEqual([]);
    expect(await db.store.agents.collections('local')).toEqual([
      { ref: { job: job.uid, attempt: 1 }, agent: 'local' },
    ]);
    const back = await db.store.jobs.apply(decided(redrive(failed!, { by: 'ada', now: NOON + 3 })));
    expect(back?.state.name).toBe('pending');
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(back);
    const gone = await db.store.jobs.apply(decided(cancel(back!, { by: 'ada', now: NOON + 4 })));
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(gone);
    expect(await db.store.jobs.remove(job.uid)).toBe(true);
    expect(await db.store.jobs.get('vision', job.uid)).toBeUndefined();
  });
});
