import { describe, expect, test } from 'vitest';
import { grantOf } from '../../core/access/grants.ts';
import type { AttemptRef } from '../../core/job/attempt.ts';
import { aJob } from '../../core/job/testing/builders.ts';
import type { Ports } from '../../ports/index.ts';
import { NO_AUDIT } from '../../ports/testing/no-audit.ts';
import { invoke } from '../invoke.ts';
import { desiredAttempts } from './desired.ts';

const ended = aJob().in('succeeded').build();
const FIRST: AttemptRef = { job: ended.uid, attempt: 1 };
const SECOND: AttemptRef = { job: ended.uid, attempt: 2 };

/** A store where a job has succeeded. @param collections asked for when they are read */
function aStore(collections: () => readonly AttemptRef[], onHeld: () => void = () => undefined): Ports {
  return {
    audit: NO_AUDIT,
    clock: { now: () => 0 },
    jobs: {
      heldBy: async () => {
        await Promise.resolve();
        onHeld();
        return [];
      },
    },
    agents: { collections: async () => collections().map((ref) => ({ ref, agent: 'local' })) },
    scheduler: { jobs: async () => [ended] },
  } as unknown as Ports;
}

async function desiredOf(ports: Ports, known: readonly AttemptRef[]) {
  const { attempts } = await invoke(desiredAttempts, {
    input: { agent: 'local', known },
    principal: { id: 'agent/local', kind: 'agent', grants: [grantOf('agent')] },
    ports,
    signal: new AbortController().signal,
  });
  return attempts;
}

describe('what an agent should keep', () => {
  test('holds an attempt that ends while it is looked up', async () => {
    const collections: AttemptRef[] = [];
    const ports = aStore(
      () => collections,
      () => collections.push(FIRST),
    );
    expect(await desiredOf(ports, [FIRST])).toEqual([{ want: 'keep', ref: FIRST }]);
  });

  test.each([
    {
      what: 'an earlier attempt is forgotten alone while the files of a later one wait',
      collections: [SECOND],
      want: [
        { want: 'keep', ref: SECOND },
        { want: 'forget', ref: FIRST, job: false },
      ],
    },
    {
      what: 'when nothing waits, all of a job that has succeeded is forgotten',
      collections: [],
      want: [
        { want: 'forget', ref: FIRST, job: true },
        { want: 'forget', ref: SECOND, job: true },
      ],
    },
  ] as const)('$what', async ({ collections, want }) => {
    expect(
      await desiredOf(
        aStore(() => collections),
        [FIRST, SECOND],
      ),
    ).toEqual(want);
  });
});
