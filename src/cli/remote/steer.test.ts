/** The verbs that change something: what they send, what they say, and which exit code several answers make. */
import { describe, expect, test } from 'vitest';
import { against } from '../testing/against.ts';
import { errorAnswer } from '../testing/canned-server.ts';
import { grantView, jobView, queueView } from '../testing/views.ts';

const job = (name: string) => `/api/v1/jobs/vision/${name}`;

describe('one line for each job', () => {
  test.each([
    { verb: 'cancel', state: 'cancelled', want: 'job/a cancelled\n' },
    { verb: 'cancel', state: 'stopping', want: 'job/a stopping (then cancelled)\n' },
    { verb: 'suspend', state: 'suspended', want: 'job/a suspended\n' },
    { verb: 'resume', state: 'pending', want: 'job/a resumed\n' },
    { verb: 'redrive', state: 'pending', want: 'job/a redriven\n' },
  ] as const)('$verb to $state', async ({ verb, state, want }) => {
    const { run, server } = await against({
      [`POST ${job('a')}/${verb}`]: { json: jobView('a', { state }) },
    });
    expect(await run([verb, 'a', '--reason', 'enough'])).toMatchObject({ code: 0, stdout: want });
    expect(server.asked[0]?.body).toEqual({ reason: 'enough' });
  });

  test('one that is refused does not keep the others from it', async () => {
    const { run } = await against({
      [`POST ${job('a')}/cancel`]: errorAnswer(409, { message: 'job a is failed' }),
      [`POST ${job('b')}/cancel`]: { json: jobView('b', { state: 'cancelled' }) },
    });
    const { code, stdout, stderr } = await run(['cancel', 'a', 'job/b']);
    expect(stdout).toBe('job/b cancelled\n');
    expect(stderr).toContain('error: job a is failed');
    expect(code).toBe(3);
  });

  test('a selector chooses those on which the verb can act, by uid', async () => {
    const chosen = jobView('a');
    const { run, server } = await against({
      'GET /api/v1/jobs': { json: { items: [chosen] } },
      [`POST ${job(chosen.metadata.uid)}/resume`]: { json: jobView('a', { state: 'pending' }) },
    });
    expect((await run(['resume', '-l', 'team=ocr', '-o', 'name'])).stdout).toBe('job/a\n');
    expect(server.asked[0]?.line).toContain('selector=team%3Docr&state=suspended');
  });

  test('update sends what changes, and removes a label by a dash', async () => {
    const { run, server } = await against({ [`PATCH ${job('a')}`]: { json: jobView('a') } });
    const argv = ['update', 'a', '--priority', '9', '--queue', 'q', '--label', 'x=1,y-', '--label', 'z='];
    expect((await run(argv)).stdout).toBe('job/a updated\n');
    expect(server.asked[0]?.body).toEqual({ priority: 9, queue: 'q', labels: { x: '1', y: null, z: '' } });
  });
});

describe('delete', () => {
  const deleted = { json: { deleted: true } };

  test('removes jobs, queues, projects and grants', async () => {
    const { run } = await against({
      [`DELETE ${job('a')}`]: deleted,
      'DELETE /api/v1/queues/q': deleted,
      'DELETE /api/v1/projects/p': deleted,
      'DELETE /api/v1/queuegrants/p/q': deleted,
    });
    const { code, stdout } = await run(['delete', 'a', 'queue/q', 'project/p', 'queuegrant/p:q']);
    expect(stdout.split('\n').sort()).toEqual([
      '',
      'job/a deleted',
      'project/p deleted',
      'queue/q deleted',
      'queuegrant/p:q deleted',
    ]);
    expect(code).toBe(0);
  });

  test.each(['node/m1', 'queuegrant/p', 'event/x'])('refuses %s', async (name) => {
    const { run, server } = await against({});
    expect((await run(['delete', name])).code).toBe(2);
    expect(server.asked).toEqual([]);
  });
});

describe('apply', () => {
  const FILE = `apiVersion: capstan.dev/v1alpha1
kind: AIJob
metadata: {name: a}
spec: {command: [x]}
---
apiVersion: capstan.dev/v1alpha1
kind: QueueGrant
spec: {project: vision, queue: research}
---
apiVersion: capstan.dev/v1alpha1
kind: Queue
metadata: {name: research, labels: {team: ocr}}
spec: {quota: {cpu: 16}, maxRunning: 8}
---
apiVersion: capstan.dev/v1alpha1
kind: Project
metadata: {name: vision}
`;
  const project = { ...queueView('vision'), spec: { description: '' } };
  const changed = { ...queueView('research'), spec: { ...queueView('research').spec, maxRunning: 4 } };
  const answers = {
    'GET /api/v1/projects/vision': errorAnswer(404, { code: 'project.not_found' }),
    'PUT /api/v1/projects/vision': { json: project },
    'GET /api/v1/queues/research': { json: changed },
    'PUT /api/v1/queues/research': { json: queueView('research') },
    'GET /api/v1/queuegrants': { json: { items: [grantView('vision', 'research')] } },
    'PUT /api/v1/queuegrants/vision/research': { json: grantView('vision', 'research') },
    'POST /api/v1/jobs': { json: { ...jobView('a'), repeated: false } },
  };

  test('sends what others refer to first, and says what each came to', async () => {
    const { run, server } = await against(answers);
    expect(await run(['apply', '-f', '-'], { stdin: FILE })).toMatchObject({
      code: 0,
      stdout:
        'project/vision created\nqueue/research configured\nqueuegrant/vision:research unchanged\njob/a submitted\n',
    });
    const put = server.asked.find(({ line }) => line.startsWith('PUT /api/v1/queues'));
    expect(put?.body).toEqual({ labels: { team: 'ocr' }, quota: { cpu: 16 }, maxRunning: 8 });
  });

  test('goes on after a refusal, and exits with 3', async () => {
    const refused = errorAnswer(403, { code: 'auth.forbidden', message: 'ada may not do queue.put' });
    const { run } = await against({ ...answers, 'PUT /api/v1/queues/research': refused });
    const { code, stdout, stderr } = await run(['apply', '-f', '-'], { stdin: FILE });
    expect(stdout).toBe('project/vision created\nqueuegrant/vision:research unchanged\njob/a submitted\n');
    expect(stderr).toContain('ada may not do queue.put');
    expect(code).toBe(3);
  });

  test('sends nothing when a document has a problem', async () => {
    const { run, server } = await against(answers);
    const { code, stderr } = await run(['apply', '-f', '-'], { stdin: `${FILE}spec: {defaultQueu: q}\n` });
    expect(stderr).toContain('stdin:18:8: spec.defaultQueu: expected a known field');
    expect(code).toBe(2);
    expect(server.asked).toEqual([]);
  });
});
