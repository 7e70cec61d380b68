/** What becomes of a due time, over a real store, through the operations and the controller. */
import { describe, expect, test } from 'vitest';
import { withStore } from '../adapters/postgres/testing/with-store.ts';
import { grantOf } from '../core/access/grants.ts';
import type { Principal } from '../core/access/principal.ts';
import { ADA, FIRST, MINUTE, withCronHouse } from './testing/cron-house.ts';

const db = withStore();
const at = withCronHouse(db);

describe('a due time', () => {
  test('makes a job of whoever wrote the schedule, called and labelled after it', async () => {
    const spec = { command: ['true'], resources: { cpu: '10m' }, priority: 7 };
    await at.house.do('schedule.put', {
      name: 'nightly',
      labels: { team: 'ocr' },
      spec: { cron: '* * * * *', job: spec },
    });
    await at.server.round();
    expect(await at.house.names()).toEqual([]);
    await at.pass(1);
    const [job] = await at.house.jobs();
    expect(job).toMatchObject({
      name: `nightly-${FIRST}`,
      submittedBy: 'key/ada',
      spec: { priority: 7, queue: at.house.project },
      labels: { team: 'ocr', 'capstan.dev/schedule': 'nightly', 'capstan.dev/due': '20260101T120100Z' },
    });
    expect(await at.status()).toMatchObject({
      state: 'active',
      nextRun: '2026-01-01T12:02:00.000Z',
      active: [{ name: job?.name, uid: job?.uid }],
      runs: [{ outcome: 'submitted', reason: 'Due', dueAt: '2026-01-01T12:01:00.000Z' }],
    });
  });

  test('makes a task, whose large payload lies with the blobs', async () => {
    const payload = 'x'.repeat(40_000);
    await at.house.put('nightly', { job: { task: { handler: 'h', payload } } });
    await at.pass(1);
    const [task] = await at.house.jobs();
    expect(task).toMatchObject({ name: `nightly-${FIRST}`, submittedBy: 'key/ada' });
    expect([...at.house.kept.keys()]).toEqual([`jobs/${task?.uid}/payload`]);
  });

  test('is recorded as done by whoever wrote the schedule; one that is left out, as the server’s', async () => {
    await at.house.put('nightly', { overlap: 'forbid' });
    await at.pass(1);
    await at.pass(1);
    const { items } = await db.store.auditLog.list({ project: at.house.project }, { limit: 10 });
    const told = items.map(({ principal, operation, items: [line = ''] }) => [
      principal,
      operation,
      JSON.parse(line).name,
    ]);
    expect(told.slice(0, 2)).toEqual([
      ['system/cron', 'schedule.skip', 'nightly'],
      ['key/ada', 'schedule.fire', `nightly-${FIRST}`],
    ]);
  });

  test('of many schedules is dealt with in one go', async () => {
    const names = Array.from({ length: 210 }, (_, index) => `many-${String(index).padStart(3, '0')}`);
    await Promise.all(names.map((name) => at.house.put(name)));
    at.house.now += MINUTE;
    while ((await at.server.round()) === 0);
    expect(await at.house.names()).toEqual(names.map((name) => `${name}-${FIRST}`));
    for (const name of names) await db.store.schedules.remove(at.house.project, name);
  }, 60_000);

  test('comes to nothing under a lease that is over', async () => {
    await at.house.put('nightly');
    at.house.now += MINUTE;
    await at.server.release();
    const other = await at.house.server('two');
    await at.server.round();
    expect([await at.house.names(), at.server.troubles]).toEqual([[], []]);
    await other.round();
    expect(await at.house.names()).toEqual([`nightly-${FIRST}`]);
    await other.release();
  });
});

describe('while no server looks', () => {
  test.each([
    { missed: 'skip', names: [FIRST + 90], reasons: ['Missed', 'Due'] },
    { missed: 'runOnce', names: [FIRST + 90], reasons: ['Missed', 'Due'] },
    {
      missed: 'runAll',
      startDeadline: '2m40s',
      names: [88, 89, 90].map((n) => FIRST + n),
      reasons: ['TooLate', 'Due', 'Due', 'Due'],
    },
  ])('$missed', async ({ names, reasons: want, ...spec }) => {
    await at.house.put('nightly', spec);
    await at.pass(91);
    expect(await at.house.names()).toEqual(names.map((minute) => `nightly-${minute}`));
    expect(await at.reasons()).toEqual(want);
  });

  test.each([
    { missed: 'skip', names: [] },
    { missed: 'runOnce', names: [Date.UTC(2026, 0, 3)] },
    { missed: 'runAll', names: [Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 3)] },
  ])('of two days that were missed: $missed', async ({ missed, names }) => {
    await at.house.put('nightly', { cron: '@daily', missed });
    await at.pass(2 * 1440);
    expect(await at.house.names()).toEqual(names.map((at) => `nightly-${at / MINUTE}`));
    expect((await at.status()).nextRun).toBe('2026-01-04T00:00:00.000Z');
  });

  test('runAll catches up with a hundred, and tells of those that were more', async () => {
    await at.house.put('nightly', { missed: 'runAll' });
    await at.pass(150);
    const names = Array.from({ length: 100 }, (_, index) => `nightly-${FIRST + 50 + index}`);
    expect(await at.house.names()).toEqual(names);
    const { runs } = (await db.store.schedules.get(at.house.project, 'nightly'))!;
    expect(runs).toHaveLength(20);
  });
});

describe('while a job of it is live', () => {
  test.each([
    { overlap: 'allow', live: [0, 1], reasons: ['Due', 'Due'] },
    { overlap: 'forbid', live: [0], reasons: ['Due', 'Overlap'] },
    { overlap: 'replace', live: [1], reasons: ['Due', 'Due'] },
  ])('$overlap', async ({ overlap, live, reasons: want }) => {
    await at.house.put('nightly', { overlap });
    await at.pass(1);
    await at.pass(1);
    const { active } = await at.status();
    expect(active.map(({ name }) => name)).toEqual(live.map((minute) => `nightly-${FIRST + minute}`));
    expect(await at.reasons()).toEqual(want);
  });

  test('forbid lets the next one through when that has ended', async () => {
    await at.house.put('nightly', { overlap: 'forbid' });
    await at.pass(1);
    await at.house.endAll();
    await at.pass(1);
    expect(await at.reasons()).toEqual(['Due', 'Due']);
  });

  test('replace cancels it in the name of whoever wrote the schedule', async () => {
    await at.house.put('nightly', { overlap: 'replace' });
    await at.pass(1);
    await at.pass(1);
    const [first] = await at.house.jobs();
    expect(first?.state).toMatchObject({
      name: 'cancelled',
      message: 'cancelled by key/ada: schedule nightly replaces it',
    });
  });

  test.each(['forbid', 'replace', 'allow'])('by hand, too: %s', async (overlap) => {
    await at.house.put('nightly', { overlap });
    await at.pass(1);
    const asked = at.house.do('schedule.trigger', { name: 'nightly' });
    if (overlap === 'forbid') await expect(asked).rejects.toMatchObject({ code: 'schedule.overlap' });
    else await asked;
    const { active } = await at.status();
    expect(active).toHaveLength(overlap === 'allow' ? 2 : 1);
  });
});

describe('on whose behalf', () => {
  const gone = {
    what: 'the key of the owner is gone',
    take: async () => void at.house.principals.delete(ADA.id),
    want: { reason: 'OwnerGone', message: 'key/ada, who wrote it, has ended or was revoked' },
  };
  const viewer = { ...ADA, grants: [grantOf('viewer')] };
  const demoted = {
    what: 'the owner has lost the role',
    take: async () => void at.house.principals.set(ADA.id, viewer),
    want: { reason: 'Forbidden', message: 'key/ada may not do job.submit here any more' },
  };
  const taken = {
    what: 'the grant of the queue was taken back',
    take: async () => void (await at.house.store.grants.remove(at.house.project, at.house.project)),
    want: {
      reason: 'Refused',
      message: expect.stringMatching(/^grant.missing: project .* may not use queue/),
    },
  };
  const drained = {
    what: 'the queue is draining',
    take: async () => {
      const queue = await at.house.store.queues.get(at.house.project);
      if (queue) await at.house.store.queues.put({ ...queue, state: 'draining' }, at.house.now);
    },
    want: { reason: 'Refused', message: expect.stringMatching(/^queue.draining/) },
  };
  test.each([gone, demoted, taken, drained])('$what: nothing is submitted, and it says why', async (it) => {
    await at.house.put('nightly');
    await it.take();
    await at.pass(1);
    expect(await at.house.names()).toEqual([]);
    expect(await at.status()).toMatchObject({
      state: 'failing',
      ...it.want,
      nextRun: '2026-01-01T12:02:00.000Z',
    });
  });

  test('what was taken back and given again goes on with the next due time', async () => {
    await at.house.put('nightly');
    await taken.take();
    await at.pass(1);
    await at.house.grant();
    await at.pass(1);
    expect(await at.house.names()).toEqual([`nightly-${FIRST + 1}`]);
    expect(await at.status()).toMatchObject({ state: 'active', reason: 'Scheduled' });
  });

  test('a refusal for lack of permission is counted in the audit', async () => {
    await db.store.audit.flush();
    await at.house.put('nightly');
    await demoted.take();
    await at.pass(1);
    await db.store.audit.flush();
    const { items } = await db.store.auditLog.list(
      { principal: 'key/ada', operation: 'refused' },
      { limit: 1 },
    );
    expect(items[0]).toMatchObject({ effect: 'refusal', count: 1 });
  });

  test('whoever writes it owns it from then on', async () => {
    const bob: Principal = { ...ADA, id: 'key/bob', credential: 'bob-1' };
    at.house.principals.set(bob.id, bob);
    await at.house.put('nightly');
    await at.house.put('nightly', { cron: '*/2 * * * *' }, bob);
    await at.pass(2);
    expect((await at.house.jobs())[0]).toMatchObject({ submittedBy: 'key/bob' });
  });

  test('whoever triggers it answers for that job alone', async () => {
    const bob: Principal = { ...ADA, id: 'key/bob', credential: 'bob-1' };
    await at.house.put('nightly');
    await at.house.do('schedule.trigger', { name: 'nightly' }, bob);
    await at.pass(1);
    expect((await at.house.jobs()).map(({ submittedBy }) => submittedBy).toSorted()).toEqual([
      'key/ada',
      'key/bob',
    ]);
  });
});

describe('what gets in the way', () => {
  test('a live job of its name: the due time is lost, and says so', async () => {
    await at.house.put('nightly');
    const spec = { command: ['other'], resources: { cpu: '10m' } };
    await at.house.do('job.submit', { name: `nightly-${FIRST}`, spec });
    await at.pass(1);
    expect(await at.status()).toMatchObject({ state: 'failing', reason: 'Refused' });
    expect((await at.status()).message).toMatch(/^schedule.job_taken: job nightly-\d+ was not submitted/);
    expect(await at.house.jobs()).toHaveLength(1);
  });

  test('a payload of what was not submitted is not kept', async () => {
    await at.house.put('nightly', {
      job: { task: { handler: 'h', payload: 'x'.repeat(40_000), unique: { key: 'one' } } },
    });
    await at.pass(1);
    expect(at.house.kept.size).toBe(1);
    await at.pass(1);
    expect([at.house.kept.size, (await at.status()).reason]).toEqual([1, 'Refused']);
  });

  test('a store that does not answer: it is tried again, and nothing is noted', async () => {
    let away = true;
    const shaky = await at.house.server('one', () => {
      if (away) throw new Error('the store is away');
    });
    await at.house.put('nightly');
    at.house.now += MINUTE;
    expect(await shaky.round()).toBe(1000);
    expect(shaky.troubles).toHaveLength(1);
    away = false;
    await shaky.round();
    expect(await at.reasons()).toEqual(['Due']);
  });
});
