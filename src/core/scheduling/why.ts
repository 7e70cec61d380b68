/** Why one job waits, as the last cycle has it: the reason, its position, and what holds what it needs. */

import type { PendingReason } from '../job/state.ts';
import { formatAmount } from '../kube/quantity.ts';
import type { Board } from './board.ts';
import { expectedEnd } from './holder.ts';
import type { Decisions } from './schedule.ts';
import type { HoldingJob, PendingJob } from './snapshot.ts';

export interface Why {
  readonly uid: string;
  readonly reason: PendingReason;
  readonly message: string;
  readonly queue: string;
  /** Place in its queue, from 1, of so many. */
  readonly position: number;
  readonly of: number;
  readonly blockers: readonly Blocker[];
  /** When room for it is expected to be there, where room is kept for it. */
  readonly reservedAt?: number | undefined;
  readonly reservedFor?: 'capacity' | 'quota' | 'preemption' | undefined;
}

export interface Blocker {
  /** `job/PROJECT/NAME` or `queue/NAME` */
  readonly what: string;
  readonly uid?: string | undefined;
  /** What it does: `is next`, `holds 8 nvidia.com/gpu`, `is being stopped`. */
  readonly how: string;
  /** When it is expected to be out of the way. */
  readonly until?: number | undefined;
}

const MOST_BLOCKERS = 5;

/** Undefined when it does not wait, or was not there in the last cycle. */
export function why(
  board: Board,
  { decisions, now }: { decisions: Decisions; now: number },
  uid: string,
): Why | undefined {
  const entry = board.entries.get(uid);
  const { uids, refusal, position, refusals } = decisions.explain();
  const at = uids.indexOf(uid);
  if (!entry || at === -1) return undefined;
  const { reason, message, blockedBy } = refusals[refusal[at]!]!;
  const reserve = decisions.reserve.find((one) => one.uid === uid);
  return {
    uid,
    reason,
    message,
    queue: entry.job.queue,
    position: position[at]!,
    of: board.lines[entry.queue]?.length ?? 1,
    blockers: [
      ...(blockedBy === undefined
        ? []
        : [{ what: blockedBy, how: blockedBy.startsWith('job/') ? 'is next' : 'is the limit' }]),
      ...holdersInTheWay(board, { reason, job: entry.job, queue: entry.queue, now }),
    ],
    reservedAt: reserve?.at,
    reservedFor: reserve?.reason,
  };
}

interface Asked {
  readonly reason: PendingReason;
  readonly job: PendingJob;
  readonly queue: number;
  readonly now: number;
}

/** Those that go first: what they hold is what the job waits for. */
function holdersInTheWay(board: Board, asked: Asked): Blocker[] {
  const { reason, job, queue, now } = asked;
  if (!['QuotaExceeded', 'InsufficientCapacity', 'WaitsForStops', 'RunningLimit'].includes(reason)) return [];
  const root = board.tree.root[queue];
  const wanted = new Set(job.groups.flatMap(({ requests }) => Object.keys(requests)));
  const found: { job: HoldingJob; until: number; how: string }[] = [];
  for (const { job: held, queue: of, total, stopping } of board.holders.values()) {
    if (!held || (reason === 'WaitsForStops' && !stopping)) continue;
    if (reason === 'QuotaExceeded' && board.tree.root[of] !== root) continue;
    if (reason === 'RunningLimit' && of !== queue) continue;
    const names = Array.from(total.resources, (resource) => board.cells.resources[resource]!);
    const scarce = names.findLast((name) => wanted.has(name));
    if (scarce === undefined && reason !== 'RunningLimit') continue;
    const amount = total.amounts[names.indexOf(scarce ?? '')] ?? 0;
    const how = stopping ? 'is being stopped' : holds(scarce, amount);
    found.push({ job: held, until: expectedEnd(held, now), how });
  }
  return found
    .sort((a, b) => a.until - b.until || (a.job.uid < b.job.uid ? -1 : 1))
    .slice(0, MOST_BLOCKERS)
    .map(({ job: held, until, how }) => ({
      what: `job/${held.project}/${held.name}`,
      uid: held.uid,
      how,
      until,
    }));
}

function holds(resource: string | undefined, amount: number): string {
  return resource === undefined ? 'runs' : `holds ${formatAmount(resource, amount)} ${resource}`;
}
