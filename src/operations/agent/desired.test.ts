import { describe, expect, test } from 'vitest';
import { grantOf } from '../../core/access/grants.ts';
import { aJob } from '../../core/job/testing/builders.ts';
import type { Ports } from '../../ports/index.ts';
import { NO_AUDIT } from '../../ports/testing/no-audit.ts';
import { invoke } from '../invoke.ts';
import { desiredAttempts } from './desired.ts';

const job = aJob().in('running').build();
const ref = { job: job.uid, attempt: job.fence };

/** A store in which the job's attempt ends while the question which jobs are held is being answered. */
function endingMeanwhile(): Ports {
  let ended = false;
  return {
    audit: NO_AUDIT,
    clock: { now: () => 0 },
    jobs: {
      heldBy: async () => {
        await Promise.resolve();
        ended = true;
        return [];
      },
    },
    agents: { collections: async () => (ended ? [{ ref, agent: 'local' }] : []) },
    scheduler: { jobs: async () => [job] },
  } as unknown as Ports;
}

describe('what an agent should keep', () => {
  test('holds an attempt that ends while it is looked up', async () => {
    const principal = { id: 'agent/local', kind: 'agent', grants: [grantOf('agent')] } as const;
    const { attempts } = await invoke(desiredAttempts, {
      input: { agent: 'local', known: [ref] },
      principal,
      ports: endingMeanwhile(),
      signal: new AbortController().signal,
    });
    expect(attempts).toEqual([{ want: 'keep', ref }]);
  });
});
