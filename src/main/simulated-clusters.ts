/** The clusters of `capstan up --nodes`: one agent each in this process, over the link that the local one has. */
import type { Logger } from 'pino';
import { createSimulatedRunner } from '../adapters/simulated/runner.ts';
import { type NodesFile, nodesOf } from '../contract/nodes-file.ts';
import type { NodeFacts } from '../ports/runner.ts';
import type { ControlPlane } from './control-plane.ts';
import { runLocalAgent } from './local-agent.ts';

export interface SimulatedClusters {
  /** Attempts that would be lost now. */
  running(): number;
  close(): Promise<void>;
}

export interface SimulatedClustersOptions {
  readonly file: NodesFile | undefined;
  readonly plane: ControlPlane;
  readonly log: Logger;
}

export async function startSimulatedClusters(options: SimulatedClustersOptions): Promise<SimulatedClusters> {
  const { file, plane, log } = options;
  const declared = new Map(file?.clusters.map((cluster) => [cluster.name, nodesOf(cluster)]));
  const over = new AbortController();
  const started = [...declared, ...(await departed(plane, declared))].map(([name, nodes]) => {
    const runner = createSimulatedRunner({ nodes });
    return { runner, agent: runLocalAgent({ name, runner, plane, log }, over.signal) };
  });
  return {
    running: () => started.reduce((sum, { runner }) => sum + runner.running(), 0),
    close: async () => {
      over.abort();
      await Promise.all(started.map(({ agent }) => agent));
      await Promise.all(started.map(({ runner }) => runner.close()));
    },
  };
}

/**
 * Clusters of an earlier file that still have something on record. What ran there went with that process: an
 * agent without nodes says so, or their jobs would wait for one that never comes back.
 */
async function departed(
  { ports: { agents, jobs } }: ControlPlane,
  declared: ReadonlyMap<string, unknown>,
): Promise<[name: string, nodes: readonly NodeFacts[]][]> {
  const gone = (await agents.list()).filter(
    ({ name, facts }) => facts.kind === 'simulated' && !declared.has(name),
  );
  const owing = await Promise.all(
    gone.map(async ({ name }) => {
      const [held, files] = await Promise.all([jobs.heldBy(name), agents.collections(name)]);
      return held.length + files.length > 0 ? [name] : [];
    }),
  );
  return owing.flat().map((name) => [name, []]);
}
