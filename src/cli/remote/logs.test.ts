/** `logs`, `describe`, `watch` and `output`: how one job is looked at. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { against } from '../testing/against.ts';
import { errorAnswer, item } from '../testing/canned-server.ts';
import { ago, endedView, eventView, grantView, jobView, logLine, queueView } from '../testing/views.ts';

const GET = 'GET /api/v1/jobs/vision/digits';
const LOGS = `${GET}/logs`;
const ESCAPE = String.fromCharCode(27);

function single() {
  const job = jobView('digits');
  return { json: { ...job, spec: { ...job.spec, roles: [{ name: 'worker', members: 1, command: ['a'] }] } } };
}

describe('logs', () => {
  test.each([
    { what: 'no prefix for one member', job: single(), argv: [], want: 'one\n' },
    { what: 'a prefix for several', job: { json: jobView('digits') }, argv: [], want: '[worker-0] one\n' },
    {
      what: 'none when one is chosen',
      job: { json: jobView('digits') },
      argv: ['--member', '0'],
      want: 'one\n',
    },
    { what: 'one on request', job: single(), argv: ['--prefix'], want: '[worker-0] one\n' },
    { what: 'none on request', job: { json: jobView('digits') }, argv: ['--no-prefix'], want: 'one\n' },
    { what: 'times', job: single(), argv: ['--timestamps'], want: `${ago(10)} one\n` },
  ])('have $what', async ({ job, argv, want }) => {
    const { run } = await against({
      [GET]: job,
      [LOGS]: { events: [item(logLine('1', 'one'))], close: 'end' },
    });
    expect(await run(['logs', 'digits', ...argv])).toMatchObject({ code: 0, stdout: want });
  });

  test('are asked for as narrowly as was said', async () => {
    const { run, server } = await against({ [GET]: single(), [LOGS]: { events: [], close: 'end' } });
    await run([
      'logs',
      'job/digits',
      '-f',
      '--role',
      'w',
      '--member',
      '2',
      '--attempt',
      '1',
      '--tail',
      '5',
      '--no-prefix',
    ]);
    expect(server.asked[0]?.line).toBe(`${LOGS}?role=w&member=2&attempt=1&tail=5&follow=true`);
  });

  test('keep lines of members apart, end an open line, and mark what we say and a new attempt', async () => {
    const lines = [
      logLine('1', 'a', { partial: true }),
      logLine('2', 'b', { member: 1 }),
      logLine('3', 'dropped 3 lines', { stream: 'capstan' }),
      logLine('4', 'open', { attempt: 2, partial: true }),
    ];
    const { run } = await against({ [GET]: single(), [LOGS]: { events: lines.map(item), close: 'end' } });
    const { stdout, stderr } = await run(['logs', 'digits', '--prefix']);
    expect(stdout).toBe('[worker-0] a\n[worker-1] b\n[worker-0] capstan: dropped 3 lines\n[worker-0] open\n');
    expect(stderr).toBe('attempt 2\n');
  });

  test('go through a pipe unchanged, and to a terminal without what would steer it', async () => {
    const text = `${ESCAPE}[31mred${ESCAPE}[2J${ESCAPE}]0;title${String.fromCharCode(7)}\tx`;
    const { run } = await against({
      [GET]: single(),
      [LOGS]: { events: [item(logLine('1', text))], close: 'end' },
    });
    expect((await run(['logs', 'digits'])).stdout).toBe(`${text}\n`);
    expect((await run(['logs', 'digits'], { tty: true })).stdout).toBe(`${ESCAPE}[31mred\tx${ESCAPE}[0m\n`);
  });

  test('that are followed say that the connection broke, and go on', async () => {
    const { run } = await against({
      [GET]: single(),
      [LOGS]: [
        { events: [item(logLine('1', 'one'))], close: 'drop' },
        { events: [item(logLine('2', 'two'))], close: 'end' },
      ],
    });
    const { stdout, stderr } = await run(['logs', 'digits', '-f']);
    expect(stdout).toBe('one\ntwo\n');
    expect(stderr).toMatch(/trying again …\n$/);
  });

  test('of a job that is not there are refused', async () => {
    const { run } = await against({ [GET]: errorAnswer(404, { message: 'there is no job digits' }) });
    expect((await run(['logs', 'digits'])).code).toBe(3);
  });
});

const failed = endedView('digits', 'failed');
const described = {
  ...failed,
  status: {
    ...failed.status,
    charges: { failed: 1, lost: 0, preempted: 0 },
    attempts: [
      {
        number: 1,
        agent: 'local',
        admittedAt: ago(130),
        startedAt: ago(120),
        endedAt: ago(60),
        outcome: { kind: 'failed' as const, reason: 'ExitCode', message: 'worker-1 ended with code 3' },
        members: [
          {
            role: 'worker',
            index: 0,
            rank: 0,
            phase: 'ended' as const,
            startedAt: ago(120),
            endedAt: ago(60),
            signal: 'SIGTERM',
            peakMemory: 1_610_612_736,
            cpuTime: 1.5,
            node: 'm1',
            pid: 7,
          },
          {
            role: 'worker',
            index: 1,
            rank: 1,
            phase: 'ended' as const,
            startedAt: ago(120),
            endedAt: ago(60),
            exitCode: 3,
            reason: 'ExitCode',
            message: 'ended with code 3',
          },
        ],
        outputs: [{ name: 'model', path: '/out/model.json', bytes: 2048 }],
      },
    ],
  },
};

describe('describe', () => {
  test('tells all about a job, but no value of a variable', async () => {
    const { run } = await against({
      [GET]: { json: described },
      'GET /api/v1/events': {
        json: { items: [eventView('2', { type: 'warning', reason: 'ExitCode' }), eventView('1')] },
      },
    });
    const { stdout } = await run(['describe', 'job', 'digits']);
    expect(stdout).toMatchInlineSnapshot(`
      "Name:        digits
      Project:     vision
      UID:         00000000-0000-7000-8000-digits000000
      Labels:      team=ocr
      Type:        training
      Queue:       research
      Priority:    80
      Submitted:   2026-01-02T11:00:00.000Z by ada (1h ago)
      State:       failed
      Reason:      ExitCode
      Message:     worker-1 ended with code 3
      Since:       2026-01-02T11:59:00.000Z (60s)
      Ended:       2026-01-02T12:00:00.000Z
      Charges:     1 failed, 0 lost, 0 preempted
      Roles:
        worker:
          Members:     2
          Command:     node train.mjs
          Variables:   TOKEN
          Resources:   cpu 250m, memory 256Mi
      Policy:
        Timeout:   30m
        Retries:   3
        Grace:     30s
      Attempts:
        NUMBER   AGENT   STARTED                    RAN   OUTCOME
        1        local   2026-01-02T11:58:00.000Z   60s   failed: ExitCode: worker-1 ended with code 3
      Members of attempt 1:
        MEMBER     PHASE   EXIT      RAN   PEAK MEMORY   CPU TIME   NODE   PID   MESSAGE
        worker-0   ended   SIGTERM   60s   1.5 GiB       1s         m1     7
        worker-1   ended   3         60s   -             -          -      -     ExitCode: ended with code 3
      Outputs:
        NAME    SIZE    PATH
        model   2 KiB   /out/model.json
      Events:
        AGE   TYPE      REASON     MESSAGE
        30s   normal    Started    it runs
        30s   warning   ExitCode   it runs
      "
    `);
    expect(stdout).not.toContain('hunter2');
    expect((await run(['describe', 'digits'])).stdout).toBe(stdout);
  });

  test('tells who may use a queue', async () => {
    const { run } = await against({
      'GET /api/v1/queues/research': { json: queueView('research') },
      'GET /api/v1/queues': { json: { items: [] } },
      'GET /api/v1/queuegrants': {
        json: { items: [grantView('vision', 'research'), grantView('speech', 'other')] },
      },
    });
    expect((await run(['describe', 'queue', 'research'])).stdout).toMatchInlineSnapshot(`
      "Name:          research
      Description:   for all
      Labels:        -
      State:         open
      Made:          2026-01-01T12:00:00.000Z (24h ago)
      Pending:       2
      Holding:       1 of 8 at most
      Quota:
        RESOURCE   USED   QUOTA
        cpu        4      16
      Grants:
        PROJECT   MAX PRIORITY
        vision    80
      "
    `);
  });
});

describe('watch', () => {
  const WATCH = 'GET /api/v1/jobs/watch';
  const change = (job: unknown) => item({ id: 'c', job });

  test('prints one line for each change until the end', async () => {
    const events = [change(jobView('digits')), change(jobView('digits')), change(failed)];
    const { run } = await against({ [GET]: { json: jobView('digits') }, [WATCH]: { events, close: 'hang' } });
    const { code, stdout } = await run(['watch', 'digits']);
    expect(stdout.replace(/\d\d:\d\d:\d\d/g, 'TIME')).toMatchInlineSnapshot(`
      "TIME  running      Started: all 2 members run
      TIME  failed       ExitCode: worker-1 ended with code 3
      job/digits failed after 1h: ExitCode: worker-1 ended with code 3
      "
    `);
    expect(code).toBe(1);
  });
});

describe('output', () => {
  const MODEL = `${GET}/outputs/model`;

  async function directory(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'capstan-output-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    return dir;
  }

  test('writes to standard output, or to a file', async () => {
    const { run } = await against({ [MODEL]: { raw: 'weights' } });
    const dir = await directory();
    expect((await run(['output', 'digits', 'model'])).stdout).toBe('weights');
    expect(await run(['output', 'digits', 'model', '--to', 'm.json'], { cwd: dir })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'm.json: 7 B\n',
    });
    expect(await readFile(join(dir, 'm.json'), 'utf8')).toBe('weights');
  });

  test('leaves nothing behind when it is not there, or cannot be written', async () => {
    const { run } = await against({
      [MODEL]: errorAnswer(404, { message: 'job digits has no output model' }),
    });
    const dir = await directory();
    expect((await run(['output', 'digits', 'model', '--to', 'm.json'], { cwd: dir })).code).toBe(3);
    const other = await against({ [MODEL]: { raw: 'weights' } });
    const { code, stderr } = await other.run(['output', 'digits', 'model', '--to', 'no/m.json'], {
      cwd: dir,
    });
    expect(stderr).toBe('error: cannot write no/m.json: ENOENT\n');
    expect(code).toBe(2);
    expect(await readdir(dir)).toEqual([]);
  });

  test('lists what there is', async () => {
    const { run } = await against({ [GET]: { json: described } });
    expect((await run(['output', 'digits'])).stdout).toBe(
      'NAME    SIZE    ATTEMPT   PATH\nmodel   2 KiB   1         /out/model.json\n',
    );
  });
});
