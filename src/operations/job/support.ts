/** What no connected runner could honour is refused at submission, naming each field: nothing is ignored in silence. */
import type { Detail } from '../../core/errors/refused.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { JobSpec, Role } from '../../core/job/spec.ts';
import type { AgentRecord } from '../../ports/agent-store.ts';
import type { Ports } from '../../ports/index.ts';

/** Fields that need Kubernetes, as (path, what was given) of one role. */
function needsCluster(role: Role, at: string): Detail[] {
  const details: Detail[] = [];
  const add = (path: string, got: string) =>
    details.push({ path: `${at}.${path}`, expected: 'nothing: the process runner has none', got });
  role.volumes.forEach((volume, index) => {
    if ('claim' in volume) add(`volumes[${index}].claim`, JSON.stringify(volume.claim));
  });
  for (const [name, value] of Object.entries(role.env)) {
    if (typeof value !== 'string') add(`env.${name}.secret`, JSON.stringify(value.secret.name));
  }
  if (role.serviceAccount !== undefined) add('serviceAccount', JSON.stringify(role.serviceAccount));
  if (role.podTemplate !== undefined) add('podTemplate', 'a map');
  return details;
}

/** A simulated runner needs none of it, as it only waits, but is gone with its process: it counts while it is there. */
function mayHonour({ facts, connected }: AgentRecord): boolean {
  return facts.kind === 'kubernetes' || (facts.kind === 'simulated' && connected);
}

/** Throws Refused `job.unsupported` when every agent there is runs plain processes and the job needs more. */
export async function checkSupport(ports: Ports, spec: JobSpec): Promise<void> {
  const details = spec.roles.flatMap((role, index) => needsCluster(role, `spec.roles[${index}]`));
  if (details.length === 0) return;
  const agents = await ports.agents.list();
  if (agents.length === 0 || agents.some(mayHonour)) return;
  throw new Refused('job.unsupported', { count: details.length }, { details });
}
