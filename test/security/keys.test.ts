/** S16 and S18: API keys are scoped, shown once, rotated without a break, and gone when they are revoked. */
import { describe, expect, test } from 'vitest';
import { NOTICED_WITHIN, withHouse, within } from './house.ts';

const house = withHouse();
const JOB = { spec: { command: ['true'] } };

interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}

describe('a key', () => {
  test('is shown once, and what is kept does not open anything', async () => {
    const made = await house().ask<{ key: string; id: string; prefix: string }>('POST', '/keys', {
      body: { name: 'once', roles: ['viewer'], expiresIn: '1d' },
    });
    expect(made.status).toBe(200);
    expect(made.body.key.startsWith(made.body.prefix)).toBe(true);
    const listed = await house().ask<{ items: object[] }>('GET', '/keys?all=true');
    expect(JSON.stringify(listed.body)).toContain(made.body.id);
    expect(JSON.stringify(listed.body)).not.toContain(made.body.key);
    const kept = await house().ports.keys.get('once');
    expect(Buffer.from(kept?.hmac ?? []).toString('latin1')).not.toContain(made.body.key.slice(17));
    expect(made.body.key).toMatch(/^cap_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
  });

  test('ends with its time', async () => {
    const made = await house().ask<{ key: string }>('POST', '/keys', {
      body: { name: 'brief', roles: ['viewer'], expiresIn: '300ms' },
    });
    const asks = async () => (await house().ask('GET', '/auth/whoami', { as: made.body.key })).status === 401;
    await within(NOTICED_WITHIN, 'the key to end', asks);
  });

  test('has a name of its own among those that were not revoked', async () => {
    await house().key('twice', ['viewer']);
    const again = await house().ask<Refusal>('POST', '/keys', { body: { name: 'twice', roles: ['viewer'] } });
    expect([again.status, again.body.error.code]).toEqual([409, 'key.name_taken']);
    const first = await house().ask<Refusal>('POST', '/keys', { body: { name: 'admin', roles: ['viewer'] } });
    expect(first.status).toBe(409);
    await house().ask('POST', '/keys/twice/revoke');
    expect((await house().ask('POST', '/keys', { body: { name: 'twice', roles: ['viewer'] } })).status).toBe(
      200,
    );
  });

  test.each([
    { roles: ['no-such-role'], want: [404, 'role.not_found'] },
    { roles: [], want: [400, 'input.invalid'] },
    { roles: ['viewer'], projects: [], want: [400, 'input.invalid'] },
    { roles: ['viewer'], expiresIn: '0s', want: [400, 'input.invalid'] },
  ])('with $roles $projects $expiresIn is refused', async ({ want, ...body }) => {
    const answer = await house().ask<Refusal>('POST', '/keys', { body: { name: 'wrong', ...body } });
    expect([answer.status, answer.body.error.code]).toEqual(want);
  });
});

let made = 0;

describe('nobody makes a key with more than they have', () => {
  test.each([
    { by: ['admin'], scope: { projects: ['vision'] }, roles: ['viewer'], of: {}, want: 403 },
    {
      by: ['admin'],
      scope: { projects: ['vision'] },
      roles: ['viewer'],
      of: { projects: ['speech'] },
      want: 403,
    },
    {
      by: ['admin'],
      scope: { projects: ['vision'] },
      roles: ['admin'],
      of: { projects: ['vision'] },
      want: 200,
    },
    { by: ['operator'], scope: {}, roles: ['viewer'], of: {}, want: 403 },
    { by: ['submitter'], scope: {}, roles: ['viewer'], of: {}, want: 403 },
    { by: ['auditor'], scope: {}, roles: ['viewer'], of: {}, want: 403 },
  ])('$by in $scope makes $roles in $of: $want', async ({ by, scope, roles, of, want }) => {
    made += 1;
    const tag = `made-${made}`;
    const maker = await house().key(`${tag}-maker`, by, scope);
    const answer = await house().ask('POST', '/keys', { as: maker, body: { name: tag, roles, ...of } });
    expect(answer.status).toBe(want);
  });

  test('nor takes one over by rotating it, nor ends one above itself; outside its scope it is not there', async () => {
    await house().key('boss', ['admin']);
    await house().key('elsewhere', ['viewer'], { projects: ['speech'] });
    const local = await house().key('local-admin', ['admin'], { projects: ['vision'] });
    for (const verb of ['rotate', 'revoke']) {
      for (const name of ['boss', 'elsewhere', 'never-made']) {
        const answer = await house().ask<Refusal>('POST', `/keys/${name}/${verb}`, { as: local });
        expect([answer.status, answer.body.error.message]).toEqual([404, `there is no key ${name}`]);
      }
    }
    const { body } = await house().ask<{ items: { name: string }[] }>('GET', '/keys', { as: local });
    expect(body.items.map(({ name }) => name)).toContain('local-admin');
    expect(body.items.map(({ name }) => name)).not.toContain('elsewhere');
  });
});

describe('S16: rotation without a break', () => {
  test('the old secret is taken until its grace is over, then refused; the new one works throughout', async () => {
    const old = await house().key('rotated', ['viewer']);
    const other = await house().replica();
    const works = async (key: string, at = house()) =>
      (await at.ask('GET', '/jobs', { as: key })).status === 200;
    const { body } = await house().ask<{ key: string }>('POST', '/keys/rotated/rotate', {
      body: { grace: '1s' },
    });
    expect([await works(old), await works(body.key)]).toEqual([true, true]);
    expect([await works(old, other), await works(body.key, other)]).toEqual([true, true]);
    const refusedNew: boolean[] = [];
    await within(1000 + NOTICED_WITHIN, 'the old secret to be refused', async () => {
      refusedNew.push(!(await works(body.key)));
      return !(await works(old)) && !(await works(old, other));
    });
    expect(refusedNew).not.toContain(true);
  });

  test('a revoked key takes the secret before its rotation with it', async () => {
    const old = await house().key('both', ['viewer']);
    const { body } = await house().ask<{ key: string }>('POST', '/keys/both/rotate', {
      body: { grace: '1d' },
    });
    await house().ask('POST', '/keys/both/revoke');
    for (const key of [old, body.key]) {
      await within(
        NOTICED_WITHIN,
        'both to be refused',
        async () => (await house().ask('GET', '/jobs', { as: key })).status === 401,
      );
    }
    const again = await house().ask<Refusal>('POST', '/keys/both/rotate', { body: {} });
    expect([again.status, again.body.error.code]).toEqual([409, 'key.ended']);
  });
});

describe('revocation', () => {
  test('is noticed within two seconds by requests on every replica, and by open streams', async () => {
    const key = await house().key('gone', ['viewer']);
    const other = await house().replica();
    const stream = await fetch(`${other.address}/api/v1/events/follow`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(stream.status).toBe(200);
    expect((await other.ask('GET', '/jobs', { as: key })).status).toBe(200);
    const began = performance.now();
    await house().ask('POST', '/keys/gone/revoke');
    await within(NOTICED_WITHIN, 'requests to be refused', async () => {
      const answers = [
        await house().ask('GET', '/jobs', { as: key }),
        await other.ask('GET', '/jobs', { as: key }),
      ];
      return answers.every(({ status }) => status === 401);
    });
    const told = await stream.text();
    expect(told).toContain('auth.invalid');
    expect(performance.now() - began).toBeLessThan(NOTICED_WITHIN);
  });
});

describe('S18: keys carry a scope', () => {
  test('outside its queues a key submits nothing: 403, also by the project’s own queue', async () => {
    await house().ask('PUT', '/queues/small', { body: {} });
    await house().ask('PUT', '/queuegrants/default/small', { body: {} });
    const key = await house().key('small-only', ['submitter'], { projects: ['default'], queues: ['small'] });
    const submit = (spec: object) =>
      house().ask<Refusal>('POST', '/jobs', { as: key, body: { spec: { ...JOB.spec, ...spec } } });
    expect((await submit({ queue: 'small' })).status).toBe(201);
    expect((await submit({ queue: 'default' })).status).toBe(403);
    expect((await submit({})).status).toBe(403);
  });

  test('nor moves a job into another queue, nor touches one that is in another', async () => {
    const key = await house().key('small-mover', ['submitter'], { projects: ['default'], queues: ['small'] });
    const make = (name: string, queue: string) =>
      house().ask('POST', '/jobs', { body: { name, spec: { ...JOB.spec, queue } } });
    await make('mine', 'small');
    await make('theirs', 'default');
    const change = (job: string, body: object) =>
      house().ask('PATCH', `/jobs/default/${job}`, { as: key, body });
    expect((await change('mine', { queue: 'default' })).status).toBe(403);
    expect((await change('mine', { priority: 10 })).status).toBe(200);
    expect((await change('theirs', { queue: 'small' })).status).toBe(403);
    for (const verb of ['suspend', 'resume', 'cancel', 'redrive']) {
      const answer = await house().ask('POST', `/jobs/default/theirs/${verb}`, { as: key, body: {} });
      expect([verb, answer.status]).toEqual([verb, 403]);
    }
    expect((await house().ask('DELETE', '/jobs/default/theirs', { as: key })).status).toBe(403);
  });

  test('outside its projects nothing is there', async () => {
    await house().ask('PUT', '/projects/secret', { body: {} });
    const key = await house().key('vision-only', ['submitter'], { projects: ['default'] });
    for (const project of ['secret', 'never-made']) {
      const answer = await house().ask<Refusal>('POST', '/jobs', { as: key, body: { project, ...JOB } });
      expect([answer.status, answer.body.error.message]).toEqual([404, `there is no project ${project}`]);
    }
  });
});
