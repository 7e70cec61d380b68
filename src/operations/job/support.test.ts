import { describe, expect, test } from 'vitest';
import { aJob } from '../../core/job/testing/builders.ts';
import type { Ports } from '../../ports/index.ts';
import type { RunnerFacts } from '../../ports/runner.ts';
import { checkSupport } from './support.ts';

type Kind = RunnerFacts['kind'];

const { spec } = aJob().build();
const NEEDS_MORE = {
  ...spec,
  roles: spec.roles.map((role) => ({
    ...role,
    volumes: [{ mount: '/data', claim: 'digits', readOnly: true }],
  })),
};

function connectedTo(agents: readonly { kind: Kind; connected: boolean }[]): Ports {
  const list = async () =>
    agents.map(({ kind, connected }) => ({
      name: kind,
      facts: { kind, nodes: [] },
      lastHeard: 0,
      connected,
    }));
  return { agents: { list } } as unknown as Ports;
}

describe('a job that needs more than a process', () => {
  test.each<{ what: string; agents: { kind: Kind; connected: boolean }[]; want: 'refused' | 'accepted' }>([
    { what: 'processes alone', agents: [{ kind: 'process', connected: true }], want: 'refused' },
    {
      what: 'processes and a cluster that is away',
      agents: [
        { kind: 'process', connected: true },
        { kind: 'kubernetes', connected: false },
      ],
      want: 'accepted',
    },
    {
      what: 'processes and simulated nodes',
      agents: [
        { kind: 'process', connected: true },
        { kind: 'simulated', connected: true },
      ],
      want: 'accepted',
    },
    {
      what: 'processes and simulated nodes that are gone',
      agents: [
        { kind: 'process', connected: true },
        { kind: 'simulated', connected: false },
      ],
      want: 'refused',
    },
  ])('is $want with $what', async ({ agents, want }) => {
    const answer = await checkSupport(connectedTo(agents), NEEDS_MORE).then(
      () => 'accepted',
      (error) => {
        expect(error).toMatchObject({ code: 'job.unsupported' });
        return 'refused';
      },
    );
    expect(answer).toBe(want);
  });
});
