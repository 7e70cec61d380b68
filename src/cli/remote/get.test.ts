/** `get`: what is asked of the server, and what is printed in each format. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { against } from '../testing/against.ts';
import { type Answers, errorAnswer, item } from '../testing/canned-server.ts';
import { endedView, eventView, grantView, jobView, queueView } from '../testing/views.ts';

const JOBS = 'GET /api/v1/jobs';
const two = { json: { items: [jobView('digits'), endedView('eval', 'failed')] } };

describe('get jobs prints', () => {
  test('a table', async () => {
    const { run } = await against({ [JOBS]: two });
    expect((await run(['get', 'jobs'])).stdout).toMatchInlineSnapshot(`
      "NAME     TYPE       QUEUE      PRIORITY   STATE     REASON     ATTEMPTS   AGE
      digits   training   research   80         running   Started    1          1h
      eval     training   research   80         failed    ExitCode   1          1h
      "
    `);
  });

  test('a table with the project when it is over all, and more when it is wide', async () => {
    const { run } = await against({ [JOBS]: two });
    const { stdout } = await run(['get', 'jobs', '-A', '-o', 'wide']);
    expect(stdout.split('\n')[0]).toBe(
      'PROJECT   NAME     TYPE       QUEUE      PRIORITY   STATE     REASON     ATTEMPTS   AGE   RAN   MEMBERS   RESOURCES                BY    UID                                    MESSAGE',
    );
    expect(stdout).toContain('cpu 250m, memory 256Mi');
  });

  test('names, for other commands', async () => {
    const { run } = await against({ [JOBS]: two });
    expect((await run(['get', 'j', '-o', 'name'])).stdout).toBe('job/digits\njob/eval\n');
  });

  test.each([
    { format: 'json', read: (text: string): unknown => JSON.parse(text) },
    { format: 'yaml', read: (text: string): unknown => parse(text) },
  ])('a List as $format', async ({ format, read }) => {
    const { run } = await against({ [JOBS]: two });
    const { stdout } = await run(['get', 'jobs', '-o', format]);
    expect(read(stdout)).toEqual({ apiVersion: 'capstan.dev/v1alpha1', kind: 'List', items: two.json.items });
  });

  test('colours on a terminal only, and none with NO_COLOR', async () => {
    const { run } = await against({ [JOBS]: two });
    const red = `${String.fromCharCode(27)}[31mfailed`;
    expect((await run(['get', 'jobs'], { tty: true })).stdout).toContain(red);
    expect((await run(['get', 'jobs'], { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(red);
    expect((await run(['get', 'jobs', '--no-color'], { tty: true })).stdout).not.toContain(red);
    expect((await run(['get', 'jobs'])).stdout).not.toContain(red);
  });

  test('messages of others without what would steer the terminal', async () => {
    const evil = jobView('evil', {
      message: `a${String.fromCharCode(27)}]0;title${String.fromCharCode(7)}b\nc`,
    });
    const { run } = await against({ [JOBS]: { json: { items: [evil] } } });
    const { stdout } = await run(['get', 'jobs', '-o', 'wide']);
    expect(stdout).toMatch(/ab c\n$/);
  });

  test('a remark when there are none, on standard error', async () => {
    const { run } = await against({ [JOBS]: { json: { items: [] } } });
    expect(await run(['get', 'jobs'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'no jobs found in project vision\n',
    });
  });
});

describe('get asks', () => {
  test.each([
    { argv: ['jobs'], want: 'project=vision&limit=100' },
    { argv: ['jobs', '-A'], want: 'limit=100' },
    { argv: ['jobs', '-n', 'x', '--limit', '5'], want: 'project=x&limit=5' },
    {
      argv: ['aijobs', '--state', 'running,failed'],
      want: 'project=vision&state=running%2Cfailed&limit=100',
    },
    {
      argv: [
        'job',
        '-l',
        'team=ocr,!old',
        '--queue',
        'q',
        '--type',
        'batch',
        '--newer-than',
        '2h',
        '--older-than',
        '5m',
      ],
      want: 'project=vision&selector=team%3Docr%2C%21old&queue=q&type=batch&newerThan=2h&olderThan=5m&limit=100',
    },
  ])('for $argv with $want', async ({ argv, want }) => {
    const { run, server } = await against({ [JOBS]: two });
    expect((await run(['get', ...argv])).code).toBe(0);
    expect(server.asked[0]?.line).toBe(`${JOBS}?${want}`);
  });

  test('page by page until the limit, and says that there are more', async () => {
    const page = (name: string, next?: string) => ({ json: { items: [jobView(name)], next } });
    const { run, server } = await against({ [JOBS]: [page('a', 'c1'), page('b', 'c2'), page('c')] });
    const some = await run(['get', 'jobs', '--limit', '2', '-o', 'name']);
    expect(some).toMatchObject({
      stdout: 'job/a\njob/b\n',
      stderr: 'only 2 are shown; --limit 0 shows all\n',
    });
    expect(server.asked.map(({ line }) => line)).toEqual([
      `${JOBS}?project=vision&limit=2`,
      `${JOBS}?project=vision&limit=1&cursor=c1`,
    ]);
    expect((await run(['get', 'jobs', '--limit', '0', '-o', 'name'])).stdout).toBe('job/c\n');
  });
});

describe('get of what is named', () => {
  const found = {
    'GET /api/v1/jobs/vision/digits': { json: jobView('digits') },
    'GET /api/v1/queues/research': { json: queueView('research') },
  };

  test('prints one object bare', async () => {
    const { run } = await against(found);
    expect(JSON.parse((await run(['get', 'job', 'digits', '-o', 'json'])).stdout)).toEqual(jobView('digits'));
    expect(JSON.parse((await run(['get', 'job/digits', '-o', 'json'])).stdout)).toEqual(jobView('digits'));
  });

  test('prints several kinds one after the other', async () => {
    const { run } = await against(found);
    expect((await run(['get', 'job/digits', 'q/research'])).stdout).toMatchInlineSnapshot(`
      "NAME     TYPE       QUEUE      PRIORITY   STATE     REASON    ATTEMPTS   AGE
      digits   training   research   80         running   Started   1          1h

      NAME       STATE   PENDING   HOLDING   USED       AGE
      research   open    2         1         cpu 4/16   24h
      "
    `);
  });

  test('shows what there is and says what there is not', async () => {
    const missing = errorAnswer(404, { code: 'job.not_found', message: 'there is no job x', next: 'Look.' });
    const { run } = await against({ ...found, 'GET /api/v1/jobs/vision/x': missing });
    const { code, stdout, stderr } = await run(['get', 'jobs', 'x', 'digits', '-o', 'name']);
    expect(stdout).toBe('job/digits\n');
    expect(stderr).toBe('error: there is no job x\nnext: Look.\nrequest id: req-1\n');
    expect(code).toBe(3);
  });
});

describe('other kinds', () => {
  test.each<{ kind: string; answers: Answers; want: string }>([
    {
      kind: 'projects',
      answers: {
        'GET /api/v1/projects': {
          json: {
            items: [
              {
                ...queueView('vision'),
                kind: 'Project',
                spec: { description: '', defaultQueue: 'research' },
                status: { jobs: { running: 3, pending: 0, failed: 1 } },
              },
            ],
          },
        },
      },
      want: 'NAME     DEFAULT QUEUE   LIVE JOBS             AGE\nvision   research        3 running, 1 failed   24h\n',
    },
    {
      kind: 'queuegrants',
      answers: { 'GET /api/v1/queuegrants': { json: { items: [grantView('vision', 'research')] } } },
      want: 'NAME              PROJECT   QUEUE      MAX PRIORITY   AGE\nvision:research   vision    research   80             60s\n',
    },
    {
      kind: 'nodes',
      answers: {
        'GET /api/v1/nodes': {
          json: {
            items: [
              {
                agent: 'local',
                name: 'm1',
                connected: false,
                allocatable: { cpu: '4' },
                labels: {},
                lastHeard: '2026-01-02T11:00:00Z',
              },
            ],
          },
        },
      },
      want: 'NAME   AGENT   CONNECTED   HEARD   ALLOCATABLE\nm1     local   no          1h      cpu 4\n',
    },
    {
      kind: 'events',
      answers: {
        'GET /api/v1/events': {
          json: { items: [eventView('2', { type: 'warning', reason: 'Late' }), eventView('1')] },
        },
      },
      want: 'AGE   TYPE      REASON    JOB      MESSAGE\n30s   normal    Started   digits   it runs\n30s   warning   Late      digits   it runs\n',
    },
  ])('$kind are printed', async ({ kind, answers, want }) => {
    const { run } = await against(answers);
    expect((await run(['get', kind])).stdout).toBe(want);
  });

  test('events of a job are asked for by its name, by both verbs', async () => {
    const { run, server } = await against({ 'GET /api/v1/events': { json: { items: [eventView('1')] } } });
    await run(['get', 'events', 'digits']);
    await run(['events', 'job/digits']);
    const wanted = 'GET /api/v1/events?project=vision&job=digits&limit=100';
    expect(server.asked.map(({ line }) => line)).toEqual([wanted, wanted]);
  });
});

describe('get --watch', () => {
  const cursor = { json: { items: [eventView('c9')] } };

  test('lists jobs, then prints each change once, from the cursor that was taken before the list', async () => {
    const old = { id: 'c9', job: jobView('digits') };
    const done = { id: 'c10', job: endedView('digits', 'succeeded') };
    const other = { id: 'c11', job: { ...endedView('eval', 'failed'), spec: { queue: 'other' } } };
    const { run, server } = await against({
      'GET /api/v1/events': cursor,
      [JOBS]: { json: { items: [jobView('digits')] } },
      'GET /api/v1/jobs/watch': { events: [item(old), item(done), item(done), item(other)], close: 'end' },
    });
    const { code, stdout } = await run(['get', 'jobs', '-w', '--queue', 'research']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[4])).toEqual([
      'STATE',
      'running',
      'succeeded',
      undefined,
    ]);
    expect(server.asked.map(({ line }) => line.split('?')[0])).toEqual([
      'GET /api/v1/events',
      JOBS,
      'GET /api/v1/jobs/watch',
    ]);
    expect(server.asked[2]?.line).toContain('after=c9');
    expect(code).toBe(0);
  });

  test('prints events as they come, and ends with 130 on Ctrl-C', async () => {
    const { run, server } = await against({
      'GET /api/v1/events': cursor,
      'GET /api/v1/events/follow': { events: [item(eventView('c10', { reason: 'Late' }))], close: 'hang' },
    });
    let interrupt: () => void = () => undefined;
    const running = run(['get', 'events', '-w'], {
      onStart: (play) => {
        interrupt = play;
      },
    });
    await server.requests(2);
    interrupt();
    const { code, stdout } = await running;
    expect(server.asked[1]?.line).toContain('after=c9');
    expect(stdout).toContain('Started');
    expect(code).toBe(130);
  });
});
