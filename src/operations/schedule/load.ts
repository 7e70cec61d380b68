/** What most operations on schedules begin and end with. */
import type { Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Schedule } from '../../core/schedule/schedule.ts';
import type { Ports } from '../../ports/index.ts';
import { queueOf } from '../job/placement.ts';
import { checkQueue } from '../job/queue-scope.ts';

export interface Address {
  readonly project: string;
  readonly name: string;
}

/** Throws Refused `schedule.not_found`. */
export async function loadSchedule(ports: Ports, { project, name }: Address): Promise<Schedule> {
  const found = await ports.schedules.get(project, name);
  if (!found) throw new Refused('schedule.not_found', { project, schedule: name });
  return found;
}

/**
 * A key of some queues changes only schedules of theirs. Throws Refused `auth.forbidden`.
 * @param asked the operation that is refused
 */
export async function checkScheduleQueue(
  ports: Ports,
  { principal, asked }: { readonly principal: Principal; readonly asked: `schedule.${string}` },
  { project, spec }: Pick<Schedule, 'project' | 'spec'>,
): Promise<void> {
  checkQueue(principal, asked, { project, queue: await queueOf(ports, project, spec.job.queue) });
}

/** A change that lost a race is decided anew on what is there now; this often, then it is the caller's. */
const TRIES = 5;

/**
 * Load → decide → compare-and-set, again while others get in between. Throws Refused `schedule.not_found`,
 * `schedule.conflict`.
 */
export async function changeSchedule(
  ports: Ports,
  address: Address,
  decide: (schedule: Schedule) => Promise<Schedule>,
): Promise<Schedule> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const before = await loadSchedule(ports, address);
    const after = await decide(before);
    if (after === before) return before;
    const applied = await ports.schedules.apply({ schedule: after, from: before.version });
    if (applied === 'applied') return after;
  }
  throw new Refused('schedule.conflict', { schedule: address.name });
}
