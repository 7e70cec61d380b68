/** What most job operations begin and end with. */
import { Refused } from '../../core/errors/refused.ts';
import type { Job } from '../../core/job/job.ts';
import type { Decision } from '../../core/job/transition.ts';
import type { Ports } from '../../ports/index.ts';

export interface Address {
  readonly project: string;
  readonly job: string;
}

export async function loadJob(ports: Ports, { project, job }: Address): Promise<Job> {
  const found = await ports.jobs.get(project, job);
  if (!found) throw new Refused('job.not_found', { project, job });
  return found;
}

/** A change that lost a race is decided anew on what is there now; this often, then it is the caller's. */
const TRIES = 5;

/** Load → decide → compare-and-set, again while others get in between. */
export async function decideOn(ports: Ports, address: Address, decide: (job: Job) => Decision): Promise<Job> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const job = await loadJob(ports, address);
    const decision = decide(job);
    if (decision.kind === 'none') return job;
    if (decision.kind === 'refused') {
      throw new Refused('job.wrong_state', { job: job.name, state: job.state.name, why: decision.why });
    }
    const applied = await ports.jobs.apply(decision.transition);
    if (applied) return applied;
  }
  throw new Refused('job.conflict', { job: address.job });
}
