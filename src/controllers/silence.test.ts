import { describe, expect, test } from 'vitest';
import type { Job } from '../core/job/job.ts';
import { aJob, NOON } from '../core/job/testing/builders.ts';
import type { Transition } from '../core/job/transition.ts';
import type { AgentRecord } from '../ports/agent-store.ts';
import type { Ports } from '../ports/index.ts';
import { NO_AUDIT } from '../ports/testing/no-audit.ts';
import { Silence } from './silence.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** A server that looks every five seconds, and an agent with one job that runs on it. */
function aServer() {
  const time = { now: NOON };
  let agent: AgentRecord = {
    name: 'local',
    facts: { kind: 'process', nodes: [] },
    lastHeard: NOON,
    connected: true,
  };
  let job: Job = aJob().in('running').build();
  const ports = {
    clock: { now: () => time.now },
    audit: NO_AUDIT,
    agents: {
      list: async () => [agent],
      gone: async () => {
        agent = { ...agent, connected: false };
      },
    },
    jobs: {
      heldBy: async () => [job],
      apply: async (transition: Transition) => {
        job = transition.job;
      },
    },
  } as unknown as Ports;
  const silence = new Silence(ports);
  return {
    time,
    hear: () => {
      agent = { ...agent, lastHeard: time.now, connected: true };
    },
    /** @returns the job's state after so many seconds of looking */
    look: async (seconds: number) => {
      for (let left = seconds; left > 0; left -= 5) {
        time.now += 5 * SECOND;
        await silence.round();
      }
      return job.state.name;
    },
  };
}

describe('an agent that is not heard', () => {
  test('leaves its jobs as they are for a while, and then unreachable', async () => {
    const { look } = aServer();
    expect(await look(20)).toBe('running');
    expect(await look(5)).toBe('unreachable');
  });

  test('and is heard again, has its jobs back as they were', async () => {
    const { look, hear } = aServer();
    expect(await look(40)).toBe('unreachable');
    hear();
    expect(await look(5)).toBe('running');
  });

  test.each([
    { what: 'a server that was frozen for a minute', jump: 60 * SECOND },
    { what: 'a clock that is set an hour on', jump: HOUR },
    { what: 'a clock that is set an hour back', jump: -HOUR },
  ])('$what takes nothing from the time that it has', async ({ jump }) => {
    const { time, look } = aServer();
    await look(5);
    time.now += jump;
    expect(await look(15)).toBe('running');
  });

  test('after a clock was set an hour on, is missed all the same', async () => {
    const { time, look } = aServer();
    await look(5);
    time.now += HOUR;
    expect(await look(30)).toBe('unreachable');
  });
});
