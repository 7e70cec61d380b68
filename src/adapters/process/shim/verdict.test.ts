import { describe, expect, test } from 'vitest';
import { aMember } from '../../../ports/testing/runner-conformance.ts';
import { failureOf, judgeEndedExit, judgeExit } from './verdict.ts';

const OOM = { reason: 'OutOfMemory', message: 'used 130 MiB' } as const;

describe('how a member ended', () => {
  test.each([
    { title: 'well', code: 0, want: { exitCode: 0 } },
    {
      title: 'with a code',
      code: 3,
      want: { exitCode: 3, reason: 'ExitCode', message: 'exited with code 3' },
    },
    {
      title: 'with the code of a killed command',
      code: 137,
      want: { exitCode: 137, reason: 'ExitCode', message: expect.stringContaining('SIGKILL') },
    },
    {
      title: 'with a code above all signals',
      code: 255,
      want: { exitCode: 255, reason: 'ExitCode', message: 'exited with code 255' },
    },
    {
      title: 'by a signal',
      signal: 'SIGSEGV',
      want: { signal: 'SIGSEGV', reason: 'Signal', message: 'killed by SIGSEGV, which Capstan did not send' },
    },
    {
      title: 'by the kernel, short of memory',
      signal: 'SIGKILL',
      oom: true,
      want: { signal: 'SIGKILL', reason: 'Signal', message: expect.stringContaining('out-of-memory killer') },
    },
    { title: 'by us, over its memory', signal: 'SIGKILL', cause: OOM, want: { signal: 'SIGKILL', ...OOM } },
  ] as const)('$title', ({ code = null, signal = null, cause, oom = false, want }: ExitCase) => {
    expect(judgeExit({ code, signal }, cause, oom)).toEqual(want);
  });

  test.each([
    { title: 'well', code: 0, want: { exitCode: 0 } },
    { title: 'with a code, which is no failure then', code: 1, want: { exitCode: 1 } },
    { title: 'by SIGTERM', signal: 'SIGTERM', want: { signal: 'SIGTERM', message: 'stopped: preempted' } },
    {
      title: 'by SIGKILL after its grace',
      signal: 'SIGKILL',
      killed: 2500,
      want: { reason: 'GraceExceeded', message: 'went on for 2.5 s after SIGTERM and was killed: preempted' },
    },
  ] as const)(
    'when it was told to stop, $title',
    ({ code = null, signal = null, killed, want }: EndedCase) => {
      const exit = judgeEndedExit({ code, signal }, 'preempted', killed);
      expect(exit).toMatchObject(want);
      expect(exit.reason).toBe((want as { reason?: string }).reason);
    },
  );

  test('names the member in the outcome of the attempt', () => {
    const exit = judgeExit({ code: 3, signal: null }, undefined, false);
    expect(failureOf(aMember('', { rank: 2 }), exit)).toEqual({
      kind: 'failed',
      reason: 'ExitCode',
      message: 'worker-2: exited with code 3',
      member: { role: 'worker', index: 2 },
      exitCode: 3,
    });
  });
});

interface ExitCase {
  readonly code?: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly cause?: typeof OOM;
  readonly oom?: boolean;
  readonly want: object;
}

interface EndedCase {
  readonly code?: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly killed?: number;
  readonly want: object;
}
