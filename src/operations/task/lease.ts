/** A lease, for who holds it. */
import type { z } from 'zod';
import type { LeaseAddress } from '../../contract/worker.ts';
import type { Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Job } from '../../core/job/job.ts';
import { holdsProcesses } from '../../core/job/state.ts';
import type { Ports } from '../../ports/index.ts';

/** @throws Refused `task.no_lease` when it is not current, or of a worker of another principal */
export async function heldBy(
  ports: Ports,
  principal: Principal,
  { uid, attempt }: z.output<typeof LeaseAddress>,
): Promise<Job> {
  const [job] = await ports.tasks.jobs([uid]);
  const held =
    job && holdsProcesses(job.state) && job.state.attempt === attempt ? job.state.agent : undefined;
  const worker = held === undefined ? undefined : await ports.workers.get(held);
  if (!job || worker?.principal !== principal.id) throw new Refused('task.no_lease', { uid, attempt });
  return job;
}
