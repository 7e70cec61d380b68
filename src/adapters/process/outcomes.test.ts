import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptSpec, MemberSpec } from '../../core/job/attempt.ts';
import { aMember, anAttempt, logLines, readAll, runToEnd } from '../../ports/testing/runner-conformance.ts';
import { aProcessRunner, markedProcesses, type ProcessRunnerUnderTest } from './testing/fixture.ts';

const MEMORY_HOG = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 20)';

let under: ProcessRunnerUnderTest;
let files: string;

beforeAll(async () => {
  under = await aProcessRunner({ pollMs: 50 });
  files = await mkdtemp(join(tmpdir(), 'capstan-files-'));
  await chmod(files, 0o755);
  await writeFile(join(files, 'plain'), '#!/bin/sh\n', { mode: 0o644 });
  await writeFile(join(files, 'no-interpreter'), '#!/no/such/shell\n', { mode: 0o755 });
});
afterAll(async () => {
  await under.close();
  await rm(files, { recursive: true });
});

interface Case {
  readonly title: string;
  readonly member: () => MemberSpec;
  readonly spec?: Partial<AttemptSpec>;
  readonly want: { readonly reason: string; readonly message: RegExp; readonly [more: string]: unknown };
}

const run = (argv: readonly string[], change: Partial<MemberSpec> = {}): MemberSpec =>
  aMember('', { argv, ...change });

describe('how an attempt of processes fails', { timeout: 30_000 }, () => {
  test.concurrent.each<Case>([
    {
      title: 'a signal that nobody of us sent',
      member: () => aMember('kill -SEGV $$'),
      want: {
        reason: 'Signal',
        signal: 'SIGSEGV',
        message: /^worker-0: killed by SIGSEGV, which Capstan did not send$/,
      },
    },
    {
      title: 'a shell that did not find its command',
      member: () => aMember('no-such-command'),
      want: { reason: 'CommandNotFound', exitCode: 127, message: /code 127/ },
    },
    {
      title: 'a shell that may not execute its command',
      member: () => aMember(join(files, 'plain')),
      want: { reason: 'CommandNotExecutable', exitCode: 126, message: /code 126/ },
    },
    {
      title: 'a shell whose command was killed',
      member: () => aMember('sh -c "kill -TERM \\$\\$"; exit $?'),
      want: { reason: 'ExitCode', exitCode: 143, message: /code 143, .* killed by SIGTERM/ },
    },
    {
      title: 'a program that is not in the PATH',
      member: () => run(['no-such-program']),
      want: {
        reason: 'CommandNotFound',
        message: /worker-0: command "no-such-program" was not found in PATH \/usr/,
      },
    },
    {
      title: 'a program that does not exist where it is said to be',
      member: () => run(['/no/such/program']),
      want: { reason: 'CommandNotFound', message: /"\/no\/such\/program" was not found on this machine/ },
    },
    {
      title: 'a file that is not executable',
      member: () => run([join(files, 'plain')]),
      want: { reason: 'CommandNotExecutable', message: /plain is not executable by uid \d+/ },
    },
    {
      title: 'a script whose interpreter is missing',
      member: () => run([join(files, 'no-interpreter')]),
      want: { reason: 'CommandNotFound', message: /names an interpreter that does not exist/ },
    },
    {
      title: 'a working directory that is missing',
      member: () => aMember('true', { workingDir: '/no/such/dir' }),
      want: { reason: 'WorkingDirMissing', message: /worker-0: workingDir \/no\/such\/dir does not exist/ },
    },
    {
      title: 'a working directory that is a file',
      member: () => aMember('true', { workingDir: '/etc/passwd' }),
      want: { reason: 'WorkingDirMissing', message: /is not a directory/ },
    },
    {
      title: 'more memory than its limit',
      member: () => run([process.execPath, '-e', MEMORY_HOG], { resources: { memory: 128 * 2 ** 20 } }),
      want: {
        reason: 'OutOfMemory',
        signal: 'SIGKILL',
        message: /used \d+ MiB of memory, more than its limit of 128 MiB/,
      },
    },
    {
      title: 'more time than its timeout',
      member: () => aMember('sleep 600'),
      spec: { timeoutMs: 200 },
      want: { reason: 'Timeout', message: /^ran longer than its timeout of 0.2 s$/ },
    },
    {
      title: 'an output that was not written',
      member: () => aMember('true'),
      spec: { outputs: [{ name: 'model v2', path: '/out/model.json' }] },
      want: {
        reason: 'OutputMissing',
        message: /model v2 \(\/out\/model.json\) was not written: .* CAPSTAN_OUTPUT_MODEL_V2/,
      },
    },
    {
      title: 'an output that is a link to a file of somebody else',
      member: () => aMember('ln -s /etc/passwd "$CAPSTAN_OUTPUT_MODEL"'),
      spec: { outputs: [{ name: 'model', path: '/out/model.json' }] },
      want: { reason: 'OutputMissing', message: /is a symbolic link/ },
    },
    {
      title: 'a volume that only a cluster has',
      member: () => aMember('true', { volumes: [{ mount: '/data', claim: 'digits', readOnly: true }] }),
      want: { reason: 'Unsupported', message: /volumes: .* claim digits at \/data/ },
    },
  ])('$title', async ({ member, spec, want }) => {
    const attempt = anAttempt([], { members: [member()], ...spec });
    const { outcome } = await runToEnd(under.runner, attempt);
    expect(outcome).toMatchObject({ kind: 'failed', ...want, message: expect.stringMatching(want.message) });
    expect(markedProcesses(attempt.ref)).toEqual([]);
  });

  test.concurrent.each([
    { title: 'a missing command', broken: () => run(['no-such-program'], { rank: 1 }) },
    { title: 'a missing directory', broken: () => aMember('true', { rank: 1, workingDir: '/no/such/dir' }) },
    { title: 'a missing interpreter', broken: () => run([join(files, 'no-interpreter')], { rank: 1 }) },
  ])('$title of one member keeps the whole gang from starting', async ({ broken }) => {
    const attempt = anAttempt([], { members: [aMember('sleep 600'), broken()] });
    const { outcome, members } = await runToEnd(under.runner, attempt);
    expect(outcome).toMatchObject({ kind: 'failed', member: { role: 'worker', index: 1 } });
    expect(members[1]?.phase).toBe('waiting');
    expect(markedProcesses(attempt.ref)).toEqual([]);
    expect(await logLines(under.runner, attempt.ref)).toEqual([]);
  });
});

describe('what is kept of an attempt', { timeout: 30_000 }, () => {
  test('its outputs, with their bytes', async () => {
    const attempt = anAttempt(
      ['printf weights > "$CAPSTAN_OUTPUT_MODEL"; basename "$CAPSTAN_OUTPUT_MODEL"'],
      {
        outputs: [{ name: 'model', path: '/out/model.json' }],
      },
    );
    const { outcome, outputs } = await runToEnd(under.runner, attempt);
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(outputs).toEqual([{ name: 'model', path: '/out/model.json', bytes: 7 }]);
    const chunks = await readAll(under.runner, attempt.ref, { kind: 'output', name: 'model' }, 3);
    expect(chunks.map(({ bytes }) => Buffer.from(bytes).toString()).join('')).toBe('weights');
    expect(await logLines(under.runner, attempt.ref)).toEqual(['model.json']);
  });

  test('what it used of memory and processor', async () => {
    const burn =
      'const kept = Buffer.alloc(64e6, 1); const end = Date.now() + 400; while (Date.now() < end) kept.fill(2)';
    const attempt = anAttempt([], { members: [run([process.execPath, '-e', burn])] });
    const { members } = await runToEnd(under.runner, attempt);
    expect(members[0]?.peakMemoryBytes).toBeGreaterThan(60e6);
    expect(members[0]?.cpuMs).toBeGreaterThan(100);
    expect(members[0]?.cpuMs).toBeLessThan(5000);
  });

  test('notes on what was passed over', async () => {
    const member = aMember('echo $RANK', {
      image: 'registry.example/ddp:1.4.2',
      volumes: [{ mount: '/dev/shm', size: 2 ** 30 }],
      env: { RANK: '7' },
    });
    const attempt = anAttempt([], { members: [member] });
    const { notes } = await runToEnd(under.runner, attempt);
    expect(notes).toEqual([
      'the process runner runs the command as it is; image registry.example/ddp:1.4.2 is not used',
      'the process runner does not mount a volume of its own at /dev/shm',
      "the variable RANK is set by Capstan; the job's own value is not used",
    ]);
    expect(await logLines(under.runner, attempt.ref)).toEqual(['0']);
  });
});
