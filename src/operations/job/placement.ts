/** Whether a project may put a job of a priority into a queue, as grants and queues are now. */
import { nearest } from '../../contract/problems.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Ports } from '../../ports/index.ts';

export interface Placement {
  readonly project: string;
  readonly queue: string;
  readonly priority: number;
}

/** The queue that a job names, or its project's own. */
export async function queueOf(ports: Ports, project: string, named: string | undefined): Promise<string> {
  const found = await ports.projects.get(project);
  if (!found) throw new Refused('project.not_found', { project });
  return named ?? found.defaultQueue ?? project;
}

export async function checkPlacement(ports: Ports, { project, queue, priority }: Placement): Promise<void> {
  const [kept, grant] = await Promise.all([ports.queues.get(queue), ports.grants.get(project, queue)]);
  if (!kept) throw await unknownQueue(ports, queue);
  if (!grant) throw new Refused('grant.missing', { project, queue });
  if (kept.state === 'draining') throw new Refused('queue.draining', { queue });
  if (priority > grant.maxPriority)
    throw new Refused('grant.priority', { priority, max: grant.maxPriority, project, queue });
}

/** Enough names to find the nearest; a store with more queues than this has a list command. */
const NAMES = 500;

async function unknownQueue(ports: Ports, queue: string): Promise<Refused> {
  const { items } = await ports.queues.list({ limit: NAMES });
  const names = items.map(({ name }) => name);
  const hint = nearest(queue, names) ?? `known: ${names.join(', ')}`;
  const details = [{ path: 'spec.queue', expected: 'a queue that exists', got: JSON.stringify(queue), hint }];
  return new Refused('queue.not_found', { queue }, { details });
}
