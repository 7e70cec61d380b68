import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  aMember,
  anAttempt,
  ended,
  logLines,
  newJob,
  runToEnd,
  said,
} from '../../ports/testing/runner-conformance.ts';
import { readStat } from './procfs.ts';
import { aProcessRunner, markedProcesses, type ProcessRunnerUnderTest, until } from './testing/fixture.ts';
import { NOBODY, ROOT } from './testing/users.ts';

let under: ProcessRunnerUnderTest;

beforeAll(async () => {
  under = await aProcessRunner({ pathDirs: ['/opt/capstan-test/bin'] });
});
afterAll(() => under.close());

/** Rank 0 listens and answers each of the others; all end when all have spoken. */
const RING = `
import { connect, createServer } from 'node:net';
const { RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, LOCAL_RANK } = process.env;
if (RANK !== LOCAL_RANK) process.exit(9);
const others = Number(WORLD_SIZE) - 1;
if (RANK === '0') {
  const heard = [];
  const server = createServer((socket) => socket.on('data', (data) => {
    heard.push(String(data));
    socket.end('welcome ' + data);
    if (heard.length === others) { console.log(heard.sort().join(' ')); server.close(); }
  })).listen(Number(MASTER_PORT), MASTER_ADDR);
} else {
  const call = () => connect(Number(MASTER_PORT), MASTER_ADDR)
    .on('error', () => setTimeout(call, 20))
    .on('connect', function () { this.write(RANK); })
    .on('data', (data) => console.log(String(data)));
  call();
}`;

describe('members', { timeout: 30_000 }, () => {
  test('a gang of four meets at the port it was given', async () => {
    const members = [0, 1, 2, 3].map((rank) =>
      aMember('', { rank, argv: [process.execPath, '--input-type=module', '-e', RING] }),
    );
    const spec = anAttempt([], { members });
    expect((await runToEnd(under.runner, spec)).outcome).toEqual({ kind: 'succeeded' });
    const lines = await Promise.all(members.map(({ index }) => logLines(under.runner, spec.ref, index)));
    expect(lines).toEqual([['1 2 3'], ['welcome 1'], ['welcome 2'], ['welcome 3']]);
  });

  test('they see what is meant for them, and nothing of the environment of Capstan', async () => {
    process.env.CAPSTAN_CANARY = 'sings';
    onTestFinished(() => {
      delete process.env.CAPSTAN_CANARY;
    });
    const spec = anAttempt([], { members: [aMember('env', { env: { EPOCHS: '12', LANG: 'de_DE.UTF-8' } })] });
    await runToEnd(under.runner, spec);
    const lines = await logLines(under.runner, spec.ref);
    const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    expect(Object.keys(env).sort()).toEqual([
      'CAPSTAN_ATTEMPT',
      'CAPSTAN_CHECKPOINT_PATH',
      'CAPSTAN_JOB',
      'CAPSTAN_JOB_NAME',
      'CAPSTAN_PROCESS_MARK',
      'CAPSTAN_PROJECT',
      'CAPSTAN_ROLE',
      'CAPSTAN_ROLE_INDEX',
      'EPOCHS',
      'HOME',
      'LANG',
      'LOCAL_RANK',
      'MASTER_ADDR',
      'MASTER_PORT',
      'PATH',
      'PWD',
      'RANK',
      'TMPDIR',
      'WORLD_SIZE',
    ]);
    expect(env).toMatchObject({ EPOCHS: '12', LANG: 'de_DE.UTF-8', CAPSTAN_ATTEMPT: '1', PWD: env.HOME });
    expect(env.PATH?.split(':').at(-1)).toBe('/opt/capstan-test/bin');
  });

  test('attempts of a job share its checkpoints and nothing else', async () => {
    const job = newJob();
    const script =
      'cat "$CAPSTAN_CHECKPOINT_PATH/step" own 2>/dev/null; echo $CAPSTAN_ATTEMPT | tee own > "$CAPSTAN_CHECKPOINT_PATH/step"';
    await runToEnd(under.runner, anAttempt([script], { ref: { job, attempt: 1 } }));
    const second = anAttempt([script], { ref: { job, attempt: 2 } });
    await runToEnd(under.runner, second);
    expect(await logLines(under.runner, second.ref)).toEqual(['1']);
    await under.runner.forget(second.ref, { job: false });
    const third = anAttempt([script], { ref: { job, attempt: 3 } });
    await runToEnd(under.runner, third);
    expect(await logLines(under.runner, third.ref)).toEqual(['2']);
  });

  test('they may open their output again by name', async () => {
    const spec = anAttempt(['echo out > /dev/stdout; echo err > /dev/stderr']);
    expect((await runToEnd(under.runner, spec)).outcome).toEqual({ kind: 'succeeded' });
    expect((await logLines(under.runner, spec.ref)).sort()).toEqual(['err', 'out']);
  });

  test.runIf(ROOT)('as root they run as another user, who cannot read what the server keeps', async () => {
    const kept = '../attempt.json ../journal.jsonl ../log';
    const spec = anAttempt([
      `id -u; id -G; touch mine && echo wrote; for f in ${kept} ../..; do ls $f/. >/dev/null 2>&1; cat $f 2>&1; done`,
    ]);
    await runToEnd(under.runner, spec);
    const lines = await logLines(under.runner, spec.ref);
    expect(lines.slice(0, 3)).toEqual([String(NOBODY.uid), String(NOBODY.gid), 'wrote']);
    expect(lines.slice(3, 6)).toEqual(kept.split(' ').map((file) => `cat: ${file}: Permission denied`));
  });
});

/** Each starts something that tries to outlive its member. */
const ESCAPES = [
  { title: 'a child in the background', script: 'sleep 600 & echo $!' },
  { title: 'a child in a session of its own', script: 'setsid sleep 600 & sleep 0.1; echo' },
  { title: 'a child twice forked', script: '(setsid sh -c "sleep 600 & sleep 600" &) ; sleep 0.1; echo' },
  {
    title: 'a child that ignores SIGTERM',
    script: '(trap "" TERM HUP; setsid sleep 600 &) ; sleep 0.1; echo',
  },
  {
    title: 'a child in another session that has left its environment',
    script: 'setsid env -i sleep 600 & sleep 0.3; echo',
  },
];

describe('nothing is left', { timeout: 30_000 }, () => {
  test.concurrent.each(ESCAPES)('of $title, when its member succeeds', async ({ script }) => {
    const spec = anAttempt([script]);
    const { outcome, notes } = await runToEnd(under.runner, spec);
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(notes.join()).toMatch(/outlived the member that started them and were killed: \S+ \(\d+\)/);
    expect(markedProcesses(spec.ref)).toEqual([]);
    const left = [...notes.join().matchAll(/ \((\d+)\)/g)].map(
      ([, pid]) => readStat(Number(pid))?.state ?? 'gone',
    );
    expect(left.filter((state) => state !== 'gone' && state !== 'Z')).toEqual([]);
  });

  test.concurrent.each(ESCAPES)('of $title, when the attempt is stopped', async ({ script }) => {
    const spec = anAttempt([`${script}; echo ready; sleep 600`]);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    await under.runner.stop(spec.ref, { graceMs: 300, why: 'cancelled' });
    expect((await ended(under.runner, spec.ref)).outcome).toMatchObject({ kind: 'stopped' });
    expect(markedProcesses(spec.ref)).toEqual([]);
  });

  test.concurrent('of a child that did all that unseen, because it still holds the output', async ({
    onTestFinished,
  }) => {
    // Looks come 20, 60, 140, … 1260 ms after the start, the next after 2540.
    const rare = await aProcessRunner({ pollMs: 60_000 });
    onTestFinished(() => rare.close());
    const spec = anAttempt(['sleep 1.4; (setsid env -i sleep 600 &); sleep 0.2']);
    const { outcome, notes } = await runToEnd(rare.runner, spec);
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(notes).toEqual([expect.stringMatching(/were killed: sleep \(\d+\)$/)]);
  });

  test.concurrent('of a member whose child needs the grace, it gets it', async () => {
    const child = "trap 'sleep 0.2; echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
    const spec = anAttempt([], { members: [aMember('sh -c "$CHILD"; true', { env: { CHILD: child } })] });
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    await under.runner.stop(spec.ref, { graceMs: 10_000, why: 'preempted' });
    expect((await ended(under.runner, spec.ref)).outcome).toEqual({ kind: 'stopped', graceExceeded: false });
    expect(await logLines(under.runner, spec.ref)).toContain('saved');
  });

  test.concurrent('of a member that ignores SIGTERM', async () => {
    const spec = anAttempt(["trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
    await under.runner.start(spec);
    await said(under.runner, spec.ref, 'ready');
    await under.runner.stop(spec.ref, { graceMs: 200, why: 'cancelled by ada' });
    const { outcome, members } = await ended(under.runner, spec.ref);
    expect(outcome).toEqual({ kind: 'stopped', graceExceeded: true });
    expect(members[0]?.exit).toMatchObject({
      signal: 'SIGKILL',
      reason: 'GraceExceeded',
      message: expect.stringContaining('ada'),
    });
    expect(markedProcesses(spec.ref)).toEqual([]);
  });

  test.concurrent('of an attempt that is stopped while it starts', async () => {
    const specs = Array.from({ length: 5 }, () => anAttempt(['sleep 600', 'sleep 600']));
    await Promise.all(
      specs.flatMap((spec) => [
        under.runner.start(spec),
        under.runner.stop(spec.ref, { graceMs: 5000, why: 'cancelled' }),
      ]),
    );
    for (const { ref } of specs) {
      await under.runner.stop(ref, { graceMs: 5000, why: 'cancelled' });
      expect((await ended(under.runner, ref)).outcome).toEqual({ kind: 'stopped', graceExceeded: false });
      expect(markedProcesses(ref)).toEqual([]);
    }
  });

  test('no file descriptor of the runner, once its attempts have ended', async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    await runToEnd(under.runner, anAttempt(['true']));
    const before = open();
    await Promise.all(Array.from({ length: 5 }, () => runToEnd(under.runner, anAttempt(['true']))));
    await until(() => open() <= before + 1);
  });
});
