/** What time alone does: deadlines, backoffs, replacements, and the removal of what has outlived its time to live. */

import { systemEntry } from '../core/audit/record.ts';
import { blobFolder } from '../core/job/blob-key.ts';
import { onDue } from '../core/job/due.ts';
import type { Job } from '../core/job/job.ts';
import { hasEnded } from '../core/job/state.ts';
import type { Ports } from '../ports/index.ts';

const BATCH = 200;

/** Without work: how long a timer can be late, milliseconds. */
const LOOK_AGAIN = 1000;

export async function timersRound(ports: Ports): Promise<number> {
  const due = await ports.jobs.due(ports.clock.now(), BATCH);
  const entry = systemEntry('timers', 'job.due', ports.clock.now());
  for (const job of due) await ports.audit.within(entry, () => ring(ports, job));
  return due.length === BATCH ? 0 : LOOK_AGAIN;
}

async function ring(ports: Ports, job: Job): Promise<void> {
  if (hasEnded(job.state)) {
    if (await ports.jobs.remove(job.uid)) await ports.blobs.removeAll(blobFolder(job.uid));
    return;
  }
  const decision = onDue(job, { now: ports.clock.now(), random: ports.chance.random() });
  if (decision.kind === 'transition') await ports.jobs.apply(decision.transition);
}
