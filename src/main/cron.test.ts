/** What becomes of a due time, over a real store, through the operations and the controller. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withStore } from '../adapters/postgres/testing/with-store.ts';
import { grantOf } from '../core/access/grants.ts';
import type { Principal } from '../core/access/principal.ts';
import { ADA, CronHouse, type CronServer } from './testing/cron-house.ts';

const db = withStore();
/** 2026-01-01T12:00:30Z: half a minute before the next due time. */
const START = Date.UTC(2026, 0, 1, 12, 0, 30);
const MINUTE = 60_000;
/** The minute of the first due time. */
const FIRST = Math.floor(START / MINUTE) + 1;

let house: CronHouse;
let server: CronServer;
beforeEach(async () => {
  house = await CronHouse.open(db.store, START);
  server = await house.server('one');
});
afterEach(async () => {
  await server.release();
  const { items } = await db.store.schedules.list({ project: house.project }, { limit: 100 });
  for (const { name } of items) await db.store.schedules.remove(house.project, name);
});

async function pass(minutes: number): Promise<void> {
  house.now += minutes * MINUTE;
  await server.round();
}

const status = async (name = 'nightly') => (await house.do('schedule.get', { name })).status;

/** Without times: `Due`, `Missed`. */
const reasons = async () => (await status()).runs.map(({ reason }) => reason);

describe('a due time', () => {
  test('makes a job of whoever wrote the schedule, called and labelled after it', async () => {
    const spec = { command: ['true'], resources: { cpu: '10m' }, priority: 7 };
    await house.do('schedule.put', {
      name: 'nightly',
      labels: { team: 'ocr' },
      spec: { cron: '* * * * *', job: spec },
    });
    await server.round();
    expect(await house.names()).toEqual([]);
    await pass(1);
    const [job] = await house.jobs();
    expect(job).toMatchObject({
      name: `nightly-${FIRST}`,
      submittedBy: 'key/ada',
      spec: { priority: 7, queue: house.project },
      labels: { team: 'ocr', 'capstan.dev/schedule': 'nightly', 'capstan.dev/due': '20260101T120100Z' },
    });
    expect(await status()).toMatchObject({
      state: 'active',
      nextRun: '2026-01-01T12:02:00.000Z',
      active: [{ name: job?.name, uid: job?.uid }],
      runs: [{ outcome: 'submitted', reason: 'Due', dueAt: '2026-01-01T12:01:00.000Z' }],
    });
  });

  test('makes a task, whose large payload lies with the blobs', async () => {
    const payload = 'x'.repeat(40_000);
    await house.put('nightly', { job: { task: { handler: 'h', payload } } });
    await pass(1);
    const [task] = await house.jobs();
    expect(task).toMatchObject({ name: `nightly-${FIRST}`, submittedBy: 'key/ada' });
    expect([...house.kept.keys()]).toEqual([`jobs/${task?.uid}/payload`]);
  });

  test('is recorded as done by whoever wrote the schedule; one that is left out, as the server’s', async () => {
    await house.put('nightly', { overlap: 'forbid' });
    await pass(1);
    await pass(1);
    const { items } = await db.store.auditLog.list({ project: house.project }, { limit: 10 });
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
    await Promise.all(names.map((name) => house.put(name)));
    house.now += MINUTE;
    while ((await server.round()) === 0);
    expect(await house.names()).toEqual(names.map((name) => `${name}-${FIRST}`));
    for (const name of names) await db.store.schedules.remove(house.project, name);
  }, 60_000);

  test('comes to nothing under a lease that is over', async () => {
    await house.put('nightly');
    house.now += MINUTE;
    await server.release();
    const other = await house.server('two');
    await server.round();
    expect([await house.names(), server.troubles]).toEqual([[], []]);
    await other.round();
    expect(await house.names()).toEqual([`nightly-${FIRST}`]);
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
    await house.put('nightly', spec);
    await pass(91);
    expect(await house.names()).toEqual(names.map((minute) => `nightly-${minute}`));
    expect(await reasons()).toEqual(want);
  });

  test.each([
    { missed: 'skip', names: [] },
    { missed: 'runOnce', names: [Date.UTC(2026, 0, 3)] },
    { missed: 'runAll', names: [Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 3)] },
  ])('of two days that were missed: $missed', async ({ missed, names }) => {
    await house.put('nightly', { cron: '@daily', missed });
    await pass(2 * 1440);
    expect(await house.names()).toEqual(names.map((at) => `nightly-${at / MINUTE}`));
    expect((await status()).nextRun).toBe('2026-01-04T00:00:00.000Z');
  });

  test('runAll catches up with a hundred, and tells of those that were more', async () => {
    await house.put('nightly', { missed: 'runAll' });
    await pass(150);
    const names = Array.from({ length: 100 }, (_, index) => `nightly-${FIRST + 50 + index}`);
    expect(await house.names()).toEqual(names);
    const { runs } = (await db.store.schedules.get(house.project, 'nightly'))!;
    expect(runs).toHaveLength(20);
  });
});

describe('while a job of it is live', () => {
  test.each([
    { overlap: 'allow', live: [0, 1], reasons: ['Due', 'Due'] },
    { overlap: 'forbid', live: [0], reasons: ['Due', 'Overlap'] },
    { overlap: 'replace', live: [1], reasons: ['Due', 'Due'] },
  ])('$overlap', async ({ overlap, live, reasons: want }) => {
    await house.put('nightly', { overlap });
    await pass(1);
    await pass(1);
    const { active } = await status();
    expect(active.map(({ name }) => name)).toEqual(live.map((minute) => `nightly-${FIRST + minute}`));
    expect(await reasons()).toEqual(want);
  });

  test('forbid lets the next one through when that has ended', async () => {
    await house.put('nightly', { overlap: 'forbid' });
    await pass(1);
    await house.endAll();
    await pass(1);
    expect(await reasons()).toEqual(['Due', 'Due']);
  });

  test('replace cancels it in the name of whoever wrote the schedule', async () => {
    await house.put('nightly', { overlap: 'replace' });
    await pass(1);
    await pass(1);
    const [first] = await house.jobs();
    expect(first?.state).toMatchObject({
      name: 'cancelled',
      message: 'cancelled by key/ada: schedule nightly replaces it',
    });
  });

  test.each(['forbid', 'replace', 'allow'])('by hand, too: %s', async (overlap) => {
    await house.put('nightly', { overlap });
    await pass(1);
    const asked = house.do('schedule.trigger', { name: 'nightly' });
    if (overlap === 'forbid') await expect(asked).rejects.toMatchObject({ code: 'schedule.overlap' });
    else await asked;
    const { active } = await status();
    expect(active).toHaveLength(overlap === 'allow' ? 2 : 1);
  });
});

describe('on whose behalf', () => {
  const gone = {
    what: 'the key of the owner is gone',
    take: async () => void house.principals.delete(ADA.id),
    want: { reason: 'OwnerGone', message: 'key/ada, who wrote it, has ended or was revoked' },
  };
  const viewer = { ...ADA, grants: [grantOf('viewer')] };
  const demoted = {
    what: 'the owner has lost the role',
    take: async () => void house.principals.set(ADA.id, viewer),
    want: { reason: 'Forbidden', message: 'key/ada may not do job.submit here any more' },
  };
  const taken = {
    what: 'the grant of the queue was taken back',
    take: async () => void (await house.store.grants.remove(house.project, house.project)),
    want: {
      reason: 'Refused',
      message: expect.stringMatching(/^grant.missing: project .* may not use queue/),
    },
  };
  const drained = {
    what: 'the queue is draining',
    take: async () => {
      const queue = await house.store.queues.get(house.project);
      if (queue) await house.store.queues.put({ ...queue, state: 'draining' }, house.now);
    },
    want: { reason: 'Refused', message: expect.stringMatching(/^queue.draining/) },
  };
  test.each([gone, demoted, taken, drained])('$what: nothing is submitted, and it says why', async (it) => {
    await house.put('nightly');
    await it.take();
    await pass(1);
    expect(await house.names()).toEqual([]);
    expect(await status()).toMatchObject({
      state: 'failing',
      ...it.want,
      nextRun: '2026-01-01T12:02:00.000Z',
    });
  });

  test('what was taken back and given again goes on with the next due time', async () => {
    await house.put('nightly');
    await taken.take();
    await pass(1);
    await house.grant();
    await pass(1);
    expect(await house.names()).toEqual([`nightly-${FIRST + 1}`]);
    expect(await status()).toMatchObject({ state: 'active', reason: 'Scheduled' });
  });

  test('a refusal for lack of permission is counted in the audit', async () => {
    await db.store.audit.flush();
    await house.put('nightly');
    await demoted.take();
    await pass(1);
    await db.store.audit.flush();
    const { items } = await db.store.auditLog.list(
      { principal: 'key/ada', operation: 'refused' },
      { limit: 1 },
    );
    expect(items[0]).toMatchObject({ effect: 'refusal', count: 1 });
  });

  test('whoever writes it owns it from then on', async () => {
    const bob: Principal = { ...ADA, id: 'key/bob', credential: 'bob-1' };
    house.principals.set(bob.id, bob);
    await house.put('nightly');
    await house.put('nightly', { cron: '*/2 * * * *' }, bob);
    await pass(2);
    expect((await house.jobs())[0]).toMatchObject({ submittedBy: 'key/bob' });
  });

  test('whoever triggers it answers for that job alone', async () => {
    const bob: Principal = { ...ADA, id: 'key/bob', credential: 'bob-1' };
    await house.put('nightly');
    await house.do('schedule.trigger', { name: 'nightly' }, bob);
    await pass(1);
    expect((await house.jobs()).map(({ submittedBy }) => submittedBy).toSorted()).toEqual([
      'key/ada',
      'key/bob',
    ]);
  });
});

describe('what gets in the way', () => {
  test('a live job of its name: the due time is lost, and says so', async () => {
    await house.put('nightly');
    const spec = { command: ['other'], resources: { cpu: '10m' } };
    await house.do('job.submit', { name: `nightly-${FIRST}`, spec });
    await pass(1);
    expect(await status()).toMatchObject({ state: 'failing', reason: 'Refused' });
    expect((await status()).message).toMatch(/^schedule.job_taken: job nightly-\d+ was not submitted/);
    expect(await house.jobs()).toHaveLength(1);
  });

  test('a payload of what was not submitted is not kept', async () => {
    await house.put('nightly', {
      job: { task: { handler: 'h', payload: 'x'.repeat(40_000), unique: { key: 'one' } } },
    });
    await pass(1);
    expect(house.kept.size).toBe(1);
    await pass(1);
    expect([house.kept.size, (await status()).reason]).toEqual([1, 'Refused']);
  });

  test('a store that does not answer: it is tried again, and nothing is noted', async () => {
    let away = true;
    const shaky = await house.server('one', () => {
      if (away) throw new Error('the store is away');
    });
    await house.put('nightly');
    house.now += MINUTE;
    expect(await shaky.round()).toBe(1000);
    expect(shaky.troubles).toHaveLength(1);
    away = false;
    await shaky.round();
    expect(await reasons()).toEqual(['Due']);
  });
});

describe('written', () => {
  test('with the same, nothing changes', async () => {
    const before = await house.put('nightly');
    const after = await house.put('nightly');
    expect(after.metadata).toEqual(before.metadata);
  });

  test.each([
    { what: 'at the version that it has', resourceVersion: '1', refused: false },
    { what: 'at another version', resourceVersion: '2', refused: true },
    { what: 'as a new one, though there is one', resourceVersion: '0', refused: true },
  ])('$what', async ({ resourceVersion, refused }) => {
    await house.put('nightly');
    const spec = { cron: '@hourly', job: { command: ['true'] } };
    const asked = house.do('schedule.put', { name: 'nightly', spec, resourceVersion });
    if (refused) await expect(asked).rejects.toMatchObject({ code: 'schedule.conflict' });
    else expect((await asked).metadata.resourceVersion).toBe('2');
  });

  test('for a try, it tells when it would be due, and is not there', async () => {
    const spec = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', job: { command: ['true'] } };
    const { status: tried } = await house.do('schedule.put', { name: 'nightly', spec, dryRun: true });
    expect(tried.nextRuns).toHaveLength(5);
    expect(tried.nextRuns[0]).toBe('2026-01-02T01:30:00.000Z');
    await expect(status()).rejects.toMatchObject({ code: 'schedule.not_found' });
  });

  test.each([
    { what: 'a cron expression that is none', spec: { cron: '61 * * * *' }, path: 'spec.cron' },
    { what: 'one that never comes', spec: { cron: '0 0 30 2 *' }, path: 'spec.cron' },
    { what: 'a zone that is none', spec: { timeZone: 'Mars/Phobos' }, path: 'spec.timeZone' },
    { what: 'an offset for a zone', spec: { timeZone: '+01:00' }, path: 'spec.timeZone' },
    { what: 'a name with no time', spec: { cron: '@reboot' }, path: 'spec.cron' },
    {
      what: 'all at once, and not at once',
      spec: { missed: 'runAll', overlap: 'forbid' },
      path: 'spec.overlap',
    },
    {
      what: 'a job that starts at a time of its own',
      spec: { job: { command: ['true'], startAfter: '2026-01-01T00:00:00Z' } },
      path: 'spec.job.startAfter',
    },
    {
      what: 'a start deadline that a server can not keep',
      spec: { startDeadline: '5s' },
      path: 'spec.startDeadline',
    },
    { what: 'a misspelt field of the job', spec: { job: { comand: ['true'] } }, path: 'spec.job.comand' },
  ])('with $what, it is refused at that field', async ({ spec, path }) => {
    await expect(house.put('nightly', spec)).rejects.toMatchObject({
      code: 'input.invalid',
      details: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });

  test.each([
    { what: 'a queue that is not granted', job: { queue: 'default' }, code: /grant.missing|queue.not_found/ },
    { what: 'a priority above the grant', job: { priority: 90 }, code: /grant.priority/ },
  ])('with $what, it is refused at once', async ({ job, code }) => {
    const spec = { job: { command: ['true'], ...job } };
    await expect(house.put('nightly', spec)).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });

  test('with the key of another queue, it is refused', async () => {
    const scope = { projects: [house.project], queues: ['elsewhere'] };
    const narrow: Principal = { ...ADA, grants: [grantOf('submitter', scope)] };
    await expect(house.put('new', {}, narrow)).rejects.toMatchObject({ code: 'auth.forbidden' });
    await house.put('nightly');
    for (const name of ['suspend', 'resume', 'trigger', 'delete'] as const) {
      const asked = house.do(`schedule.${name}`, { name: 'nightly' }, narrow);
      await expect(asked).rejects.toMatchObject({ code: 'auth.forbidden' });
    }
  });
});

describe('suspended', () => {
  test('nothing is due; resumed, what passed meanwhile was not missed', async () => {
    await house.put('nightly', { missed: 'runAll' });
    expect((await house.do('schedule.suspend', { name: 'nightly' })).status).toMatchObject({
      state: 'suspended',
      nextRuns: [],
    });
    await pass(10);
    await house.do('schedule.resume', { name: 'nightly' });
    await server.round();
    expect(await house.names()).toEqual([]);
    await pass(1);
    expect(await house.names()).toEqual([`nightly-${FIRST + 10}`]);
  });

  test('it can be triggered all the same', async () => {
    await house.put('nightly', { suspended: true });
    await house.do('schedule.trigger', { name: 'nightly' });
    expect(await house.names()).toHaveLength(1);
  });
});

describe('triggered', () => {
  test('twice with one key: once; by somebody else with it: again', async () => {
    const bob: Principal = { ...ADA, id: 'key/bob' };
    await house.put('nightly');
    const trigger = (by: Principal) =>
      house.do('schedule.trigger', { name: 'nightly', idempotencyKey: 'k' }, by);
    const [first, second, third] = [await trigger(ADA), await trigger(ADA), await trigger(bob)];
    expect(first).toMatchObject({ repeated: false, job: expect.stringMatching(/^nightly-t[0-9a-f]{9}$/) });
    expect(second).toEqual({ ...first, repeated: true });
    expect(third).toMatchObject({ repeated: false });
    expect(await house.jobs()).toHaveLength(2);
  });

  test('at the moment of a due time, both come', async () => {
    await house.put('nightly');
    house.now += MINUTE;
    await Promise.all([server.round(), house.do('schedule.trigger', { name: 'nightly' })]);
    await server.round();
    expect((await reasons()).toSorted()).toEqual(['Due', 'Triggered']);
  });
});
