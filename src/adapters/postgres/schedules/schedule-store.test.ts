import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { NOON } from '../../../core/job/testing/builders.ts';
import { aSchedule } from '../../../core/schedule/testing/builders.ts';
import { scheduleConformance } from '../../../ports/testing/schedule-conformance.ts';
import { openSession } from '../testing/session.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

scheduleConformance('PostgreSQL', async () => {
  const project = `p-${v7()}`;
  await db.store.projects.put({ name: project, labels: {}, description: '' }, NOON);
  await using sql = await openSession(db.connection);
  // What is due is looked for in all projects.
  await sql.run('DELETE FROM schedule');
  return {
    schedules: db.store.schedules,
    jobs: db.store.jobs,
    project,
    uid: () => v7(),
    async lease() {
      await using session = await openSession(db.connection);
      await session.run(`UPDATE lease SET expires_at = clock_timestamp() - interval '1 second'`);
      const lease = await db.store.scheduler.acquire(v7(), 60_000);
      if (!lease) throw new Error('the lease is held');
      return lease;
    },
    close: async () => undefined,
  };
});

describe('with its project', () => {
  test('a schedule goes', async () => {
    await db.store.projects.put({ name: 'gone', labels: {}, description: '' }, NOON);
    await db.store.schedules.insert(aSchedule({ uid: v7(), project: 'gone' }), 1);
    await db.store.projects.remove('gone');
    expect(await db.store.schedules.get('gone', 'nightly')).toBeUndefined();
  });
});
