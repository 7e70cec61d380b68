/** S05: what lists, watches and events tell to who may see some projects only. */
import { beforeAll, describe, expect, test } from 'vitest';
import { withHouse, within } from './house.ts';

const house = withHouse();
let seer: string;

beforeAll(async () => {
  for (const project of ['open', 'hidden']) {
    await house().ask('PUT', `/projects/${project}`, { body: { defaultQueue: 'default' } });
    await house().ask('PUT', `/queuegrants/${project}/default`, { body: {} });
    await house().ask('POST', '/jobs', {
      body: { project, name: `of-${project}`, spec: { command: ['true'] } },
    });
    await house().ask('PUT', `/schedules/${project}/nightly-${project}`, {
      body: { spec: { cron: '@daily', job: { command: ['true'] } } },
    });
  }
  seer = await house().key('seer', ['admin'], { projects: ['open'] });
});

describe('who may see one project', () => {
  test.each([
    '/jobs',
    '/projects',
    '/events',
    '/schedules',
    '/queuegrants',
    '/keys',
    '/rolebindings',
    '/auth/whoami',
    '/jobs?queue=default',
    '/events?limit=1000',
  ])('is told of no other by GET %s', async (path) => {
    await house().key(`hidden-key-${path.length}-${path.charCodeAt(1)}`, ['viewer'], {
      projects: ['hidden'],
    });
    const { status, body } = await house().ask('GET', path, { as: seer });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain('hidden');
    expect(JSON.stringify((await house().ask('GET', path)).body).length).toBeGreaterThan(2);
  });

  test('still sees all of its own', async () => {
    const names = async (path: string) => JSON.stringify((await house().ask('GET', path, { as: seer })).body);
    expect(await names('/jobs')).toContain('of-open');
    expect(await names('/projects')).toContain('"open"');
    expect(await names('/events')).toContain('of-open');
    expect(await names('/queuegrants')).toContain('open:default');
  });

  test('follows events and watches jobs of its own alone', async () => {
    const over = new AbortController();
    for (const path of ['/events/follow?after=start', '/jobs/watch']) {
      const stream = await fetch(`${house().address}/api/v1${path}`, {
        headers: { authorization: `Bearer ${seer}` },
        signal: over.signal,
      });
      let told = '';
      const reading = (async () => {
        const utf8 = new TextDecoder();
        for await (const chunk of stream.body ?? []) told += utf8.decode(chunk, { stream: true });
      })().catch(() => undefined);
      const turn = path.length;
      for (const project of ['hidden', 'open']) {
        await house().ask('POST', '/jobs', {
          body: { project, name: `new-${project}-${turn}`, spec: { command: ['true'] } },
        });
      }
      await within(5000, 'its own to come', async () => told.includes(`new-open-${turn}`));
      expect(told).not.toContain('hidden');
      if (path === '/jobs/watch') over.abort();
      else await stream.body?.cancel().catch(() => undefined);
      if (over.signal.aborted) await reading;
    }
  });

  test('can not follow a job of another by its uid', async () => {
    const { body } = await house().ask<{ metadata: { uid: string } }>('GET', '/jobs/hidden/of-hidden');
    for (const path of [`/events?job=${body.metadata.uid}`, `/jobs/open/${body.metadata.uid}`]) {
      const answer = await house().ask('GET', path, { as: seer });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  test('is told the same of a hidden project as of one that is not there', async () => {
    for (const [method, path] of [
      ['GET', '/projects/'],
      ['DELETE', '/projects/'],
      ['GET', '/jobs?project='],
      ['GET', '/events?project='],
      ['GET', '/auth/can-i?operation=job.list&project='],
    ] as const) {
      const told = await Promise.all(
        ['hidden', 'missing'].map(async (project) => {
          const { status, body } = await house().ask<{ error?: object }>(method, path + project, {
            as: seer,
          });
          const text = JSON.stringify(body.error ? { ...body.error, request_id: '' } : body);
          return { status, text: text.replaceAll(project, 'PROJECT') };
        }),
      );
      expect(told[0]).toEqual(told[1]);
    }
  });

  test('who runs a queue alone learns of no project by granting it', async () => {
    const runner = await house().key('queue-runner', ['operator'], { queues: ['default'] });
    const answers = await Promise.all(
      ['hidden', 'missing'].map((project) =>
        house().ask('PUT', `/queuegrants/${project}/default`, { as: runner, body: {} }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(JSON.stringify((await house().ask('GET', '/jobs', { as: runner })).body)).toBe('{"items":[]}');
  });
});
