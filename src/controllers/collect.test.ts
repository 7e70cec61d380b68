import { describe, expect, test } from 'vitest';
import { Refused } from '../core/errors/refused.ts';
import type { AttemptRef } from '../core/job/attempt.ts';
import { aJob } from '../core/job/testing/builders.ts';
import type { Ports } from '../ports/index.ts';
import { collectRound } from './collect.ts';

const REFS: readonly AttemptRef[] = [1, 2, 3].map((at) => ({ job: `00000000-${at}`, attempt: 1 }));

/** An agent that holds the log of three attempts, one of which it cannot read. */
function anAgent(unreadable: string) {
  const kept: string[] = [];
  const collected: string[] = [];
  const member = { role: 'worker', index: 0, rank: 0, phase: 'ended' } as const;
  const record = { number: 1, agent: 'local', admittedAt: 0, members: [member], outputs: [] };
  const ports = {
    agents: {
      collections: async () => REFS.map((ref) => ({ ref, agent: 'local' })),
      collected: async (ref: AttemptRef) => void collected.push(ref.job),
    },
    scheduler: { jobs: async () => [{ ...aJob().build(), attempts: [record] }] },
    files: {
      read: async (_agent: string, ref: AttemptRef) => {
        if (ref.job === unreadable) throw new Refused('agent.unavailable', { agent: 'local' });
        return { offset: 0, bytes: Buffer.from('a line'), eof: true };
      },
    },
    blobs: { put: async (key: string) => void kept.push(key) },
  } as unknown as Ports;
  return { ports, kept, collected };
}

describe('collecting files', () => {
  test('one that cannot be read keeps no other from being collected, and is told of', async () => {
    const { ports, kept, collected } = anAgent('00000000-1');
    await expect(collectRound(ports, ['local'])).rejects.toThrow('local');
    expect(collected).toEqual(['00000000-2', '00000000-3']);
    expect(kept).toHaveLength(2);
  });
});
