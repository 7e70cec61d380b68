import { describe, expect, test } from 'vitest';
import { aJob, NOON } from '../core/job/testing/builders.ts';
import type { Transition } from '../core/job/transition.ts';
import type { Ports } from '../ports/index.ts';
import { SetBack } from './set-back.ts';

const HOUR = 3_600_000;

/** A server with one job that waits for its retry since `since`, for five seconds. */
function aServer(since: number) {
  const time = { now: NOON };
  let job = aJob()
    .in({ name: 'backoff', reason: 'ExitCode', message: 'exited with code 3', since, until: since + 5000 })
    .build();
  const ports = {
    clock: { now: () => time.now },
    jobs: {
      list: async () => ({ items: [job] }),
      apply: async (transition: Transition) => {
        job = transition.job;
      },
    },
  } as unknown as Ports;
  return { time, setBack: new SetBack(ports), state: () => job.state.name };
}

describe('a clock that is set back', () => {
  test('by an hour does not make a retry wait for an hour', async () => {
    const { time, setBack, state } = aServer(NOON);
    await setBack.round();
    expect(state()).toBe('backoff');
    time.now -= HOUR;
    await setBack.round();
    expect(state()).toBe('pending');
  });

  test('while the server was down is noticed as well', async () => {
    const { setBack, state } = aServer(NOON + HOUR);
    await setBack.round();
    expect(state()).toBe('pending');
  });

  test('a clock that goes on as it should wakes nobody early', async () => {
    const { time, setBack, state } = aServer(NOON);
    for (let look = 0; look < 3; look += 1) {
      await setBack.round();
      time.now += 1000;
    }
    expect(state()).toBe('backoff');
  });
});
