/**
 * S05: a schedule works with the rights that whoever wrote it has at the due time, not with those of then;
 * and nobody has another's rights used for a job of theirs.
 */
import { describe, expect, test } from 'vitest';
import { Cron } from '../../src/controllers/cron.ts';
import { fire } from '../../src/operations/schedule/fire.ts';
import type { Ports } from '../../src/ports/index.ts';
import { NOTICED_WITHIN, withHouse, within } from './house.ts';

const house = withHouse();

interface Shown {
  readonly status: {
    readonly state: string;
    readonly reason: string;
    readonly message: string;
    readonly owner: string;
    readonly active: readonly object[];
  };
  readonly error?: { readonly code: string };
}

const BODY = { spec: { cron: '* * * * *', job: { command: ['true'] } } };

const put = (name: string, as?: string, body: object = BODY) =>
  house().ask<Shown>('PUT', `/schedules/default/${name}`, { ...(as ? { as } : {}), body });

const status = async (name: string) =>
  (await house().ask<Shown>('GET', `/schedules/default/${name}`)).body.status;

/** A minute later, a server looks. */
async function dueTime(name: string): Promise<Shown['status']> {
  const { ports, store } = house();
  const schedule = await store.schedules.get('default', name);
  const now = schedule?.nextAt ?? 0;
  const later: Ports = { ...ports, clock: { now: () => now } };
  const lease = await store.scheduler.acquire('test', 60_000);
  const onTrouble = (what: string, error: unknown) => {
    throw new Error(what, { cause: error });
  };
  const run = { ports: later, lease: () => lease, onTrouble };
  await new Cron({ ...run, fire: (due) => fire(later, due) }).round();
  return status(name);
}

describe('the rights of a due time', () => {
  test('are those of the key that wrote the schedule, as long as it lives', async () => {
    const key = await house().key('writer', ['submitter'], { projects: ['default'] });
    expect((await put('of-key', key)).body.status.owner).toBe('key/writer');
    expect(await dueTime('of-key')).toMatchObject({ state: 'active', active: [{}] });
    expect((await house().ask('POST', '/keys/writer/rotate', { body: { grace: '1s' } })).status).toBe(200);
    expect(await dueTime('of-key')).toMatchObject({ state: 'active', active: [{}, {}] });
    await house().ask('POST', '/keys/writer/revoke', { body: {} });
    await within(
      NOTICED_WITHIN,
      'the revocation to be noticed',
      async () => (await dueTime('of-key')).reason === 'OwnerGone',
    );
  });

  test('are those of the person that wrote it, without a sign-in', async () => {
    const { store, ports } = house();
    await house().ask('PUT', '/rolebindings/ocr', {
      body: { subject: 'group:ocr', role: 'submitter', projects: ['default'] },
    });
    await put('of-person');
    const schedule = (await store.schedules.get('default', 'of-person'))!;
    const owner = { id: 'user/ada@example.org', kind: 'user', groups: ['ocr'] } as const;
    await store.schedules.apply({ schedule: { ...schedule, owner, version: 2 }, from: 1 });
    expect(await ports.principals.current(owner)).toMatchObject({ id: owner.id, kind: 'user' });
    expect(await dueTime('of-person')).toMatchObject({ state: 'active', active: [{}] });
    await house().ask('DELETE', '/rolebindings/ocr');
    expect(await dueTime('of-person')).toMatchObject({
      state: 'failing',
      reason: 'Forbidden',
      message: 'user/ada@example.org may not do job.submit here any more',
    });
  });

  test('end with the role of one’s own that gave them', async () => {
    const operations = ['schedule.put', 'schedule.get', 'job.submit'];
    await house().ask('PUT', '/roles/scheduler', { body: { operations } });
    const key = await house().key('own-role', ['scheduler']);
    expect((await put('of-role', key)).status).toBe(200);
    expect(await dueTime('of-role')).toMatchObject({ state: 'active', active: [{}] });
    await house().ask('PUT', '/roles/scheduler', { body: { operations: ['schedule.put', 'schedule.get'] } });
    await within(
      NOTICED_WITHIN,
      'the change to be noticed',
      async () => (await dueTime('of-role')).reason === 'Forbidden',
    );
    const refused = await put('of-role-2', key);
    expect([refused.status, refused.body.error?.code]).toEqual([403, 'auth.forbidden']);
  });

  test.each(['viewer', 'auditor', 'worker'])('a %s writes none, and triggers none', async (role) => {
    const key = await house().key(`only-${role}`, [role]);
    await put('there');
    const asked = [
      put('by-them', key),
      house().ask('POST', '/schedules/default/there/trigger', { as: key, body: {} }),
      house().ask('POST', '/schedules/default/there/suspend', { as: key, body: {} }),
      house().ask('DELETE', '/schedules/default/there', { as: key }),
    ];
    expect((await Promise.all(asked)).map((answer) => answer.status)).toEqual([403, 403, 403, 403]);
  });
});

test('no secret of the job reaches an error, a run, or the audit', async () => {
  const canary = 'canary-schedule-7f3a9c51';
  const job = { command: ['true'], env: { TOKEN: canary } };
  await put('secretive', undefined, { spec: { cron: '* * * * *', job } });
  const wrong = await put('secretive', undefined, {
    spec: { cron: '* * * * *', job: { ...job, env: { A: [canary] } } },
  });
  await house().ask('DELETE', '/queuegrants/default/default');
  const { message, reason } = await dueTime('secretive');
  await house().ask('PUT', '/queuegrants/default/default', { body: {} });
  const audit = await house().ask('GET', '/audit/records?limit=100');
  expect(JSON.stringify([wrong.body, message, reason, audit.body])).not.toContain(canary);
  expect([wrong.status, reason]).toEqual([400, 'Refused']);
});
