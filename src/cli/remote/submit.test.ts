/** `submit` and `run`: what is sent, what is said, and how the end of the job becomes an exit code. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { against } from '../testing/against.ts';
import { errorAnswer, item } from '../testing/canned-server.ts';
import { endedView, eventView, jobView, logLine } from '../testing/views.ts';

const SUBMIT = 'POST /api/v1/jobs';
const FILE =
  'apiVersion: capstan.dev/v1alpha1\nkind: AIJob\nmetadata: {name: digits}\nspec: {command: [a], workingDir: x}\n';
const submitted = { json: { ...jobView('digits'), repeated: false } };
const uid = jobView('digits').metadata.uid;
const GET = `GET /api/v1/jobs/vision/${uid}`;
const WATCH = 'GET /api/v1/jobs/watch';
const EVENTS = 'GET /api/v1/events/follow';

async function file(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'capstan-submit-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'job.yaml'), text);
  return join(dir, 'job.yaml');
}

describe('submit', () => {
  test('sends the job of a file with an idempotency key, its directory resolved', async () => {
    const { run, server } = await against({ [SUBMIT]: submitted });
    const path = await file(FILE);
    expect(await run(['submit', '-f', path])).toMatchObject({
      code: 0,
      stdout: 'job/digits submitted\n',
      stderr: '',
    });
    const [asked] = server.asked;
    expect(asked?.body).toEqual({
      project: 'vision',
      name: 'digits',
      dryRun: false,
      spec: { command: ['a'], workingDir: path.replace('job.yaml', 'x') },
    });
    expect(asked?.headers['idempotency-key']).toBeTruthy();
  });

  test('reads standard input, whose directory is the current one', async () => {
    const { run, server } = await against({ [SUBMIT]: submitted });
    await run(['submit', '-f', '-', '--name', 'other', '--dry-run'], { stdin: FILE, cwd: '/somewhere' });
    expect(server.asked[0]?.body).toMatchObject({
      name: 'other',
      dryRun: true,
      spec: { workingDir: '/somewhere/x' },
    });
  });

  test.each([
    {
      what: 'a submission that was known',
      argv: [],
      answer: { ...submitted.json, repeated: true },
      want: 'job/digits was submitted already\n',
    },
    {
      what: 'a dry run',
      argv: ['--dry-run'],
      answer: submitted.json,
      want: 'job/digits would be submitted (dry run)\n',
    },
    { what: 'a name only', argv: ['-o', 'name'], answer: submitted.json, want: 'job/digits\n' },
    {
      what: 'the object',
      argv: ['-o', 'json'],
      answer: submitted.json,
      want: `${JSON.stringify(jobView('digits'), null, 2)}\n`,
    },
  ])('prints $what', async ({ argv, answer, want }) => {
    const { run } = await against({ [SUBMIT]: { json: answer } });
    expect((await run(['submit', '-f', '-', ...argv], { stdin: FILE })).stdout).toBe(want);
  });

  test('sends nothing of a file with a problem, and shows each with its line', async () => {
    const { run, server } = await against({});
    const { code, stderr } = await run(['submit', '-f', '-'], {
      stdin: `${FILE}  typo: 1\n---\n${FILE.replace('[a]', '[]')}`,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: stdin has .*\n {2}stdin:/);
    expect(server.asked).toEqual([]);
  });

  test('shows every detail of a refusal, what to do, and the request id; exits with 3', async () => {
    const refusal = errorAnswer(404, {
      code: 'queue.not_found',
      message: 'there is no queue reserch',
      details: [
        {
          path: 'spec.queue',
          expected: 'a queue that exists',
          got: '"reserch"',
          hint: 'did you mean research?',
        },
        { path: '', expected: 'more', got: 'nothing' },
      ],
      next: '`capstan get queues` lists them.',
    });
    const { run } = await against({ [SUBMIT]: refusal });
    const { code, stderr } = await run(['submit', '-f', '-'], { stdin: FILE });
    expect(stderr).toMatchInlineSnapshot(`
      "error: there is no queue reserch
        spec.queue: expected a queue that exists, got "reserch" (did you mean research?)
        expected more, got nothing
      next: \`capstan get queues\` lists them.
      request id: req-1
      "
    `);
    expect(code).toBe(3);
  });

  test.each([
    { what: 'the server failed', answer: errorAnswer(500, { code: 'internal' }), says: 'request id: req-1' },
    {
      what: 'the server is no Capstan',
      answer: { raw: '<html>', status: 502 },
      says: 'is not Capstan: HTTP 502',
    },
    { what: 'the connection was reset', answer: { reset: true } as const, says: 'the connection was' },
  ])('exits with 4 when $what', async ({ answer, says }) => {
    const { run } = await against({ [SUBMIT]: answer });
    const { code, stderr } = await run(['submit', '-f', '-'], { stdin: FILE });
    expect(stderr).toContain(says);
    expect(code).toBe(4);
  });
});

describe('submit --wait', () => {
  const watched = (job: unknown) => item({ id: 'c1', job });

  test.each([
    { state: 'succeeded', code: 0, says: 'job/digits succeeded after 1h\n' },
    { state: 'failed', code: 1, says: 'job/digits failed after 1h: ExitCode: worker-1 ended with code 3\n' },
    { state: 'cancelled', code: 1, says: 'job/digits cancelled after 1h: Completed: done\n' },
  ] as const)('exits with $code when the job $state', async ({ state, code, says }) => {
    const events = [watched(jobView('digits')), watched(endedView('digits', state))];
    const { run, server } = await against({ [SUBMIT]: submitted, [WATCH]: { events, close: 'hang' } });
    const ran = await run(['submit', '-f', '-', '--wait'], { stdin: FILE });
    expect(ran.stdout).toBe(`job/digits submitted\n${says}`);
    expect(ran.code).toBe(code);
    expect(server.asked[1]?.line).toBe(`${WATCH}?project=vision&job=${uid}`);
  });

  test('prints the job as it ended, and nothing else, as JSON', async () => {
    const events = [watched(endedView('digits', 'failed'))];
    const { run } = await against({ [SUBMIT]: submitted, [WATCH]: { events, close: 'hang' } });
    const { stdout, code } = await run(['submit', '-f', '-', '--wait', '-o', 'json'], { stdin: FILE });
    expect(JSON.parse(stdout)).toEqual(endedView('digits', 'failed'));
    expect(code).toBe(1);
  });

  test('takes up a broken connection, without a word', async () => {
    const { run } = await against({
      [SUBMIT]: submitted,
      [WATCH]: [
        { events: [watched(jobView('digits'))], close: 'drop' },
        { events: [watched(endedView('digits', 'succeeded'))], close: 'hang' },
      ],
    });
    const ran = await run(['submit', '-f', '-', '--wait'], { stdin: FILE });
    expect(ran).toMatchObject({ code: 0, stderr: '', pauses: [250] });
  });
});

describe('submit --follow', () => {
  const lines = [
    item(logLine('l1', 'one')),
    item(logLine('l2', 'two, ', { member: 1, partial: true })),
    item(logLine('l3', 'three', { member: 1 })),
  ];
  const LOGS = `GET /api/v1/jobs/vision/${uid}/logs`;

  test('shows events on standard error, log lines on standard output, and the final line', async () => {
    const events = [
      item(eventView('c1')),
      item(eventView('c2', { reason: 'Completed', message: 'done', state: 'succeeded' })),
    ];
    const { run, server } = await against({
      [SUBMIT]: submitted,
      [EVENTS]: { events, close: 'hang' },
      [LOGS]: { events: lines, close: 'end' },
      [GET]: { json: endedView('digits', 'succeeded') },
    });
    const { code, stdout, stderr } = await run(['submit', '-f', '-', '--follow'], { stdin: FILE });
    expect(stdout).toMatchInlineSnapshot(`
      "job/digits submitted
      [worker-0] one
      [worker-1] two, three
      job/digits succeeded after 1h
      "
    `);
    expect(stderr.replace(/\d\d:\d\d:\d\d/g, 'TIME')).toBe('TIME  Started: it runs\nTIME  Completed: done\n');
    expect(server.asked.find(({ line }) => line.startsWith(EVENTS))?.line).toContain('after=start');
    expect(code).toBe(0);
  });

  test('is not ended by an end that was before a redrive', async () => {
    const events = [
      item(eventView('c1', { state: 'failed' })),
      item(eventView('c2', { state: 'running' })),
      item(eventView('c3', { state: 'succeeded' })),
    ];
    const { run } = await against({
      [SUBMIT]: submitted,
      [EVENTS]: { events, close: 'hang' },
      [LOGS]: { events: [], close: 'end' },
      [GET]: [{ json: jobView('digits') }, { json: endedView('digits', 'succeeded') }],
    });
    expect((await run(['submit', '-f', '-', '--follow'], { stdin: FILE })).code).toBe(0);
  });

  test('ends on Ctrl-C with 130, and says that the job goes on', async () => {
    const { run, server } = await against({
      [SUBMIT]: submitted,
      [EVENTS]: { events: [item(eventView('c1'))], close: 'hang' },
      [LOGS]: { events: [], close: 'hang' },
    });
    let interrupt: () => void = () => undefined;
    const running = run(['submit', '-f', '-', '--follow'], {
      stdin: FILE,
      onStart: (play) => {
        interrupt = play;
      },
    });
    await server.requests(3);
    interrupt();
    const { code, stderr } = await running;
    expect(stderr).toContain('job/digits goes on: `capstan watch digits -n vision`');
    expect(code).toBe(130);
  });
});

describe('run', () => {
  test('sends the command with every flag, and needs -- for its own', async () => {
    const { run, server } = await against({ [SUBMIT]: submitted });
    const argv =
      'run --name digits --label team=ocr --queue q --priority 7 --members 4 --cpu 500m --memory 1Gi --gpu 1 --env A=1 --env B=x=y --type training --timeout 5m --retries 0 --workdir sub --image i -n speech -- node -n 3 --wait'.split(
        ' ',
      );
    expect(await run(argv, { cwd: '/here' })).toMatchObject({ code: 0, stdout: 'job/digits submitted\n' });
    expect(server.asked[0]?.body).toEqual({
      project: 'speech',
      name: 'digits',
      labels: { team: 'ocr' },
      dryRun: false,
      spec: {
        type: 'training',
        queue: 'q',
        priority: 7,
        members: 4,
        image: 'i',
        command: ['node', '-n', '3', '--wait'],
        workingDir: '/here/sub',
        env: { A: '1', B: 'x=y' },
        resources: { cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '1' },
        timeout: '5m',
        retry: { limit: 0 },
      },
    });
  });

  test('shows every problem by its flag, and sends nothing', async () => {
    const { run, server } = await against({});
    const argv = ['run', '--priority', '300', '--memory', 'much', '--timeout', 'soon', '--', 'x'];
    const { code, stderr } = await run(argv);
    expect(stderr).toMatch(/--priority: expected at most 100, got 300/);
    expect(stderr).toMatch(/--memory: expected .*, got "much"/);
    expect(stderr).toMatch(/--timeout: expected a duration .*, got "soon"/);
    expect(code).toBe(2);
    expect(server.asked).toEqual([]);
  });

  test('follows on a terminal, unless it is detached', async () => {
    const answers = {
      [SUBMIT]: submitted,
      [EVENTS]: { events: [item(eventView('c1', { state: 'failed' }))], close: 'hang' as const },
      [`GET /api/v1/jobs/vision/${uid}/logs`]: { events: [], close: 'end' as const },
      [GET]: { json: endedView('digits', 'failed') },
    };
    const { run } = await against(answers);
    expect((await run(['run', '--', 'x'], { tty: true })).code).toBe(1);
    expect((await run(['run', '-d', '--', 'x'], { tty: true })).code).toBe(0);
    expect((await run(['run', '--', 'x'])).code).toBe(0);
  });
});
