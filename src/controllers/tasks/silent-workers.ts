/** Workers that are not heard any more: their leases end, and their tasks go to others. */
import { systemEntry } from '../../core/audit/record.ts';
import { holdsProcesses } from '../../core/job/state.ts';
import { endLease, workerLost } from '../../core/job/task.ts';
import type { Ports } from '../../ports/index.ts';
import type { KnownWorker } from '../../ports/worker-store.ts';

const BATCH = 100;
const LEASES = 1000;

/** How late a lost worker can be noticed, milliseconds. */
const LOOK_AGAIN = 1000;

export function silentWorkersRound(leaseMs: number): (ports: Ports) => Promise<number> {
  return async (ports) => {
    const entry = systemEntry('workers', 'worker.lost', ports.clock.now());
    let more = false;
    for (const worker of await ports.workers.silent(leaseMs, BATCH)) {
      const ended = await ports.audit.within(entry, () => end(ports, worker));
      more ||= ended === LEASES;
      if (ended < LEASES) await ports.audit.within(entry, () => ports.workers.remove(worker.id, leaseMs));
    }
    return more ? 0 : LOOK_AGAIN;
  };
}

/** Returns how many leases it held. */
async function end(ports: Ports, { id, silentMs }: KnownWorker): Promise<number> {
  const held = await ports.workers.held(id, LEASES);
  await Promise.all(
    held.map(async (job) => {
      if (!holdsProcesses(job.state)) return;
      const by = { now: ports.clock.now(), random: ports.chance.random() };
      const report = { attempt: job.state.attempt, worker: id, outcome: workerLost(silentMs), ...by };
      const decision = endLease(job, report);
      if (decision.kind === 'transition') await ports.jobs.apply(decision.transition);
    }),
  );
  return held.length;
}
