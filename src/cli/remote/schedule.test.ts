/** Schedules on the command line: applied, listed, described, acted on, explained and completed. */
import { describe, expect, test } from 'vitest';
import type { ScheduleView } from '../../contract/schedule.ts';
import { against } from '../testing/against.ts';
import { errorAnswer } from '../testing/canned-server.ts';
import { run } from '../testing/run.ts';
import { ago, scheduleView } from '../testing/views.ts';

const ONE = '/api/v1/schedules/vision/nightly';
const nightly = { json: scheduleView('nightly') };
const failing: Partial<ScheduleView['status']> = {
  state: 'failing',
  reason: 'Refused',
  message: 'grant.missing: project vision may not use queue research',
  runs: [
    {
      dueAt: ago(120),
      at: ago(119),
      outcome: 'failed',
      reason: 'Refused',
      message: 'grant.missing: project vision may not use queue research',
    },
  ],
};

const FILE = `apiVersion: capstan.dev/v1alpha1
kind: Schedule
metadata: {name: nightly, labels: {team: ocr}}
spec:
  cron: 30 2 * * *
  timeZone: Europe/Berlin
  job: {command: [node, a.mjs], workingDir: work}
`;

describe('apply', () => {
  test.each([
    { what: 'one that is new', before: errorAnswer(404, { code: 'schedule.not_found' }), says: 'created' },
    { what: 'one that is the same', before: nightly, says: 'unchanged' },
    {
      what: 'one that is another',
      before: { json: { ...nightly.json, spec: { ...nightly.json.spec, cron: '@daily' } } },
      says: 'configured',
    },
  ])('puts $what', async ({ before, says }) => {
    const { run, server } = await against({ [`GET ${ONE}`]: before, [`PUT ${ONE}`]: nightly });
    const { code, stdout } = await run(['apply', '-f', '-'], { stdin: FILE, cwd: '/files' });
    expect([code, stdout]).toEqual([0, `schedule/nightly ${says}\n`]);
    expect(server.asked.at(-1)?.body).toEqual({
      labels: { team: 'ocr' },
      spec: {
        cron: '30 2 * * *',
        timeZone: 'Europe/Berlin',
        job: { command: ['node', 'a.mjs'], workingDir: '/files/work' },
      },
    });
  });

  test.each([
    {
      what: 'a cron expression that is none',
      file: FILE.replace('30 2 * * *', '30 2 * *'),
      says: 'stdin:5:3: spec.cron: expected five fields',
    },
    {
      what: 'a time zone that is none',
      file: FILE.replace('Berlin', 'Berlim'),
      says: 'stdin:6:3: spec.timeZone: expected a time zone by its IANA name',
    },
    {
      what: 'a misspelt field of its job',
      file: FILE.replace('workingDir', 'workdir'),
      says: 'spec.job.workdir',
    },
    {
      what: 'another project by flag',
      file: FILE.replace('{name', '{namespace: other, name'),
      says: 'is for project other',
    },
  ])('sends nothing of $what', async ({ file, says }) => {
    const { run, server } = await against({});
    const { code, stderr } = await run(['apply', '-f', '-', '-n', 'vision'], { stdin: file });
    expect([code, server.asked]).toEqual([2, []]);
    expect(stderr).toContain(says);
  });
});

describe('get', () => {
  const list = {
    json: {
      items: [
        scheduleView('hourly', { nextRun: ago(0), active: [], runs: [] }),
        scheduleView('nightly', failing),
      ],
    },
  };

  test('lists them with what is next and what was last', async () => {
    const { run, server } = await against({ 'GET /api/v1/schedules': list });
    expect((await run(['get', 'schedules', '-l', 'team=ocr'])).stdout).toMatchInlineSnapshot(`
      "NAME      CRON         TIME ZONE       STATE     NEXT    LAST              ACTIVE   AGE
      hourly    30 2 * * *   Europe/Berlin   active    now     -                 0        24h
      nightly   30 2 * * *   Europe/Berlin   failing   in 5m   failed 119s ago   1        24h
      "
    `);
    expect(server.asked[0]?.line).toBe('GET /api/v1/schedules?project=vision&selector=team%3Docr&limit=100');
  });

  test('shows whose they are and why when it is wide', async () => {
    const { run } = await against({ 'GET /api/v1/schedules': list });
    const { stdout } = await run(['get', 'sched', '-A', '-o', 'wide']);
    expect(stdout).toMatch(/^PROJECT +NAME .* MISSED +OVERLAP +OWNER +LABELS +MESSAGE/);
    expect(stdout).toContain('grant.missing: project vision may not use queue research');
  });

  test('gives one as a file that can be applied', async () => {
    const { run } = await against({ [`GET ${ONE}`]: nightly, [`PUT ${ONE}`]: nightly });
    const { stdout } = await run(['get', 'schedule', 'nightly', '-o', 'yaml']);
    expect(await run(['apply', '-f', '-'], { stdin: stdout })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('describe', () => {
  test('shows when, which job, and what became of the last ones; no value of a variable', async () => {
    const { run } = await against({ [`GET ${ONE}`]: { json: scheduleView('nightly', failing) } });
    const { stdout } = await run(['describe', 'schedule', 'nightly']);
    expect(stdout).toMatchInlineSnapshot(`
      "Name:        nightly
      Project:     vision
      UID:         u
      Labels:      -
      Cron:        30 2 * * *
      Time zone:   Europe/Berlin
      Missed:      runOnce
      Overlap:     forbid
      Owner:       key/ci
      Made:        2026-01-01T12:00:00.000Z (24h ago)
      Written:     2026-01-02T11:00:00.000Z (1h ago)
      State:       failing
      Reason:      Refused
      Message:     grant.missing: project vision may not use queue research
      Next:
        2026-01-02T12:05:00.000Z   Fri 2026-01-02 13:05 GMT+1   in 5m
        2026-01-03T12:05:00.000Z   Sat 2026-01-03 13:05 GMT+1   in 24h
      Job:
        Type:       batch
        Queue:      the project's own
        Priority:   50
      Roles:
        worker:
          Members:     1
          Command:     node a.mjs
          Variables:   TOKEN
          Resources:   -
      Active:
        job/nightly-1
      Runs:
        DUE                        AGE    OUTCOME   REASON    MESSAGE
        2026-01-02T11:58:00.000Z   119s   failed    Refused   grant.missing: project vision may not use queue research
      "
    `);
    expect(stdout).not.toContain('hunter2');
  });
});

describe('schedule', () => {
  const triggered = {
    project: 'vision',
    schedule: 'nightly',
    job: 'nightly-t012345678',
    uid: 'u',
    repeated: false,
  };

  test('trigger says which job was submitted, and sends a key', async () => {
    const { run, server } = await against({ [`POST ${ONE}/trigger`]: { json: triggered } });
    expect(await run(['schedule', 'trigger', 'nightly'])).toMatchObject({
      code: 0,
      stdout: 'job/nightly-t012345678 submitted\n',
    });
    expect(server.asked[0]?.headers['idempotency-key']).toBeTruthy();
    expect((await run(['schedule', 'trigger', 'schedule/nightly', '-o', 'name'])).stdout).toBe(
      'job/nightly-t012345678\n',
    );
    expect(JSON.parse((await run(['schedule', 'trigger', 'nightly', '-o', 'json'])).stdout)).toEqual(
      triggered,
    );
  });

  test.each(['suspend', 'resume'])('%s acts on each, also when one is refused', async (verb) => {
    const { run } = await against({
      [`POST /api/v1/schedules/vision/none/${verb}`]: errorAnswer(404, { message: 'there is none' }),
      [`POST ${ONE}/${verb}`]: nightly,
    });
    const { code, stdout, stderr } = await run(['schedule', verb, 'none', 'nightly']);
    expect([code, stdout]).toEqual([3, `schedule/nightly ${verb === 'suspend' ? 'suspended' : 'resumed'}\n`]);
    expect(stderr).toContain('there is none');
  });

  test('is not for jobs', async () => {
    expect(await run(['schedule', 'trigger', 'job/a'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('job/a is no schedule'),
    });
  });
});

test('delete removes one', async () => {
  const { run } = await against({ [`DELETE ${ONE}`]: { json: { deleted: true } } });
  expect((await run(['delete', 'schedule/nightly'])).stdout).toBe('schedule/nightly deleted\n');
});

test.each([
  { path: 'schedule', says: 'timeZone' },
  { path: 'schedule.missed', says: 'skip | runOnce | runAll' },
  { path: 'schedule.job.retry', says: 'Failed attempts' },
])('explain $path', async ({ path, says }) => {
  expect((await run(['explain', path])).stdout).toContain(says);
});

test.each([
  ['schedule', 'trigger'],
  ['get', 'schedules'],
  ['describe', 'schedule'],
])('completion after %s %s has names of schedules', async (...words) => {
  const { run } = await against({ 'GET /api/v1/schedules': { json: { items: [scheduleView('nightly')] } } });
  expect((await run(['__complete', '--', ...words, 'ni'])).stdout).toBe('nightly\n');
});
