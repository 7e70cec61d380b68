/** Schedules as they are written, suspended and triggered, over a real store. */
import { describe, expect, test } from 'vitest';
import { withStore } from '../adapters/postgres/testing/with-store.ts';
import { grantOf } from '../core/access/grants.ts';
import type { Principal } from '../core/access/principal.ts';
import { ADA, FIRST, MINUTE, withCronHouse } from './testing/cron-house.ts';

const at = withCronHouse(withStore());

describe('written', () => {
  test('with the same, nothing changes', async () => {
    const before = await at.house.put('nightly');
    const after = await at.house.put('nightly');
    expect(after.metadata).toEqual(before.metadata);
  });

  test.each([
    { what: 'at the version that it has', resourceVersion: '1', refused: false },
    { what: 'at another version', resourceVersion: '2', refused: true },
    { what: 'as a new one, though there is one', resourceVersion: '0', refused: true },
  ])('$what', async ({ resourceVersion, refused }) => {
    await at.house.put('nightly');
    const spec = { cron: '@hourly', job: { command: ['true'] } };
    const asked = at.house.do('schedule.put', { name: 'nightly', spec, resourceVersion });
    if (refused) await expect(asked).rejects.toMatchObject({ code: 'schedule.conflict' });
    else expect((await asked).metadata.resourceVersion).toBe('2');
  });

  test('for a try, it tells when it would be due, and is not there', async () => {
    const spec = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', job: { command: ['true'] } };
    const { status: tried } = await at.house.do('schedule.put', { name: 'nightly', spec, dryRun: true });
    expect(tried.nextRuns).toHaveLength(5);
    expect(tried.nextRuns[0]).toBe('2026-01-02T01:30:00.000Z');
    await expect(at.status()).rejects.toMatchObject({ code: 'schedule.not_found' });
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
    await expect(at.house.put('nightly', spec)).rejects.toMatchObject({
      code: 'input.invalid',
      details: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });

  test.each([
    { what: 'a queue that is not granted', job: { queue: 'default' }, code: /grant.missing|queue.not_found/ },
    { what: 'a priority above the grant', job: { priority: 90 }, code: /grant.priority/ },
  ])('with $what, it is refused at once', async ({ job, code }) => {
    const spec = { job: { command: ['true'], ...job } };
    await expect(at.house.put('nightly', spec)).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });

  test('with a job that is large, it is refused', async () => {
    const job = { task: { handler: 'h', payload: 'x'.repeat(300_000) } };
    await expect(at.house.put('nightly', { job })).rejects.toMatchObject({ code: 'task.too_large' });
  });

  test('with the key of another queue, it is refused', async () => {
    const scope = { projects: [at.house.project], queues: ['elsewhere'] };
    const narrow: Principal = { ...ADA, grants: [grantOf('submitter', scope)] };
    await expect(at.house.put('new', {}, narrow)).rejects.toMatchObject({ code: 'auth.forbidden' });
    await at.house.put('nightly');
    for (const name of ['suspend', 'resume', 'trigger', 'delete'] as const) {
      const asked = at.house.do(`schedule.${name}`, { name: 'nightly' }, narrow);
      await expect(asked).rejects.toMatchObject({ code: 'auth.forbidden' });
    }
  });
});

describe('suspended', () => {
  test('nothing is due; resumed, what passed meanwhile was not missed', async () => {
    await at.house.put('nightly', { missed: 'runAll' });
    expect((await at.house.do('schedule.suspend', { name: 'nightly' })).status).toMatchObject({
      state: 'suspended',
      nextRuns: [],
    });
    await at.pass(10);
    await at.house.do('schedule.resume', { name: 'nightly' });
    await at.server.round();
    expect(await at.house.names()).toEqual([]);
    await at.pass(1);
    expect(await at.house.names()).toEqual([`nightly-${FIRST + 10}`]);
  });

  test('it can be triggered all the same', async () => {
    await at.house.put('nightly', { suspended: true });
    await at.house.do('schedule.trigger', { name: 'nightly' });
    expect(await at.house.names()).toHaveLength(1);
  });
});

describe('triggered', () => {
  test('twice with one key: once; by somebody else with it: again', async () => {
    const bob: Principal = { ...ADA, id: 'key/bob' };
    await at.house.put('nightly');
    const trigger = (by: Principal) =>
      at.house.do('schedule.trigger', { name: 'nightly', idempotencyKey: 'k' }, by);
    const [first, second, third] = [await trigger(ADA), await trigger(ADA), await trigger(bob)];
    expect(first).toMatchObject({ repeated: false, job: expect.stringMatching(/^nightly-t[0-9a-f]{9}$/) });
    expect(second).toEqual({ ...first, repeated: true });
    expect(third).toMatchObject({ repeated: false });
    expect(await at.house.jobs()).toHaveLength(2);
  });

  test('at the moment of a due time, both come', async () => {
    await at.house.put('nightly');
    at.house.now += MINUTE;
    await Promise.all([at.server.round(), at.house.do('schedule.trigger', { name: 'nightly' })]);
    await at.server.round();
    expect((await at.reasons()).toSorted()).toEqual(['Due', 'Triggered']);
  });
});
