/**
 * One cycle: snapshot → plan, pure. This is the first scheduler behind the final signature: rank
 * within a queue, fair share between queues, whole gangs only, within quota and capacity. The head
 * of a queue is never overtaken by its own queue, and a gang that waits for room is not overtaken
 * by anyone who would take it; backfill and preemption come behind the same signature.
 */
import { admissible, nominate, type QueueUsage, type Refusal } from './nominate.ts';
import { capacityOf, nextQueue } from './order.ts';
import { type NodeRoom, place } from './place.ts';
import type { Admit, Plan, Waiting } from './plan.ts';
import { byRank } from './rank.ts';
import type { HoldingJob, PendingJob, Snapshot } from './snapshot.ts';
import { add, gangTotals } from './usage.ts';

export function schedule(snapshot: Snapshot, now: number): Plan {
  const cycle = begin(snapshot, now);
  for (;;) {
    const usage = nextQueue(cycle.open, cycle.capacity);
    if (!usage) break;
    step(cycle, usage);
  }
  return { admit: cycle.admit, reserve: [], preempt: [], explain: cycle.explain };
}

interface Cycle {
  readonly now: number;
  readonly capacity: ReturnType<typeof capacityOf>;
  readonly rooms: readonly NodeRoom[];
  readonly waiting: Map<string, PendingJob[]>;
  readonly positions: Map<string, number>;
  /** Queues that may still start something. */
  open: QueueUsage[];
  /** The gang that waits for room: nobody takes room before it. */
  head: PendingJob | undefined;
  readonly admit: Admit[];
  readonly explain: Waiting[];
}

function begin(snapshot: Snapshot, now: number): Cycle {
  const queues = new Map(snapshot.queues.map((queue) => [queue.name, queue]));
  const grants = new Map(snapshot.grants.map((grant) => [`${grant.project}/${grant.queue}`, grant]));
  const cycle: Cycle = {
    now,
    capacity: capacityOf(snapshot.nodes),
    rooms: roomsOf(snapshot),
    waiting: new Map(),
    positions: new Map(),
    open: [],
    head: undefined,
    admit: [],
    explain: [],
  };
  for (const job of [...snapshot.pending].sort(byRank(now))) {
    const refusal = admissible(job, queues.get(job.queue), grants.get(`${job.project}/${job.queue}`));
    if (refusal) cycle.explain.push(waiting(cycle, job, refusal));
    else enqueue(cycle.waiting, job);
  }
  cycle.open = snapshot.queues
    .filter(({ name }) => cycle.waiting.has(name))
    .map((queue) => usageOf(queue, snapshot.holding));
  return cycle;
}

function enqueue(waiting: Map<string, PendingJob[]>, job: PendingJob): void {
  const line = waiting.get(job.queue);
  if (line) line.push(job);
  else waiting.set(job.queue, [job]);
}

/** What holding jobs use is placed like everything else: the store says on which agent, best fit says where. */
function roomsOf(snapshot: Snapshot): NodeRoom[] {
  const rooms = [...snapshot.nodes]
    .sort((a, b) => (a.agent + a.name < b.agent + b.name ? -1 : 1))
    .map((node) => ({ node, free: new Map(Object.entries(node.allocatable)) }));
  for (const job of [...snapshot.holding].sort((a, b) => (a.uid < b.uid ? -1 : 1))) occupy(job, rooms);
  return rooms;
}

function occupy(job: HoldingJob, rooms: readonly NodeRoom[]): void {
  const own = rooms.filter(({ node }) => node.agent === job.agent);
  if ('agent' in place({ ...NOBODY, groups: job.groups }, own)) return;
  // It runs, and there is no room for it: a node shrank, or lost a label. What it holds is taken from
  // whatever is left, so that nothing is free until the machine as a whole has room again.
  for (const [name, amount] of gangTotals(job.groups)) drain(own, name, amount);
}

function drain(rooms: readonly NodeRoom[], resource: string, amount: number): void {
  let rest = amount;
  for (const { free } of rooms) {
    const taken = Math.min(rest, Math.max(0, free.get(resource) ?? 0));
    add(free, { [resource]: -taken });
    rest -= taken;
  }
  const [first] = rooms;
  if (first) add(first.free, { [resource]: -rest });
}

const NOBODY: PendingJob = {
  uid: '',
  name: '',
  project: '',
  queue: '',
  priority: 0,
  createdAt: 0,
  groups: [],
  reason: 'Submitted',
  message: '',
  version: 0,
};

function usageOf(queue: QueueUsage['queue'], holding: readonly HoldingJob[]): QueueUsage {
  const own = holding.filter((job) => job.queue === queue.name);
  const used = new Map<string, number>();
  for (const job of own) add(used, gangTotals(job.groups));
  return { queue, used, holding: own.length };
}

/** Looks at the head of one queue: it is admitted, or explained; what is in the way of all closes the queue. */
function step(cycle: Cycle, usage: QueueUsage): void {
  const jobs = cycle.waiting.get(usage.queue.name) ?? [];
  const job = jobs.shift();
  if (!job) {
    cycle.open = cycle.open.filter((other) => other !== usage);
    return;
  }
  const outcome = consider(cycle, usage, job);
  if ('agent' in outcome) {
    admit(cycle, usage, { job, agent: outcome.agent });
    return;
  }
  cycle.explain.push(waiting(cycle, job, outcome));
  if (!outcome.alone) close(cycle, usage, job);
}

function consider(cycle: Cycle, usage: QueueUsage, job: PendingJob): { agent: string } | Refusal {
  const refusal = nominate(job, usage, cycle.now);
  if (refusal) return refusal;
  // Who asks for nothing takes no room from the head.
  if (cycle.head && gangTotals(job.groups).size > 0) return behind(cycle.head);
  const placed = place(job, cycle.rooms);
  if (!('agent' in placed) && placed.reason === 'InsufficientCapacity') cycle.head = job;
  return placed;
}

function admit(cycle: Cycle, usage: QueueUsage, { job, agent }: { job: PendingJob; agent: string }): void {
  add(usage.used, gangTotals(job.groups));
  usage.holding += 1;
  cycle.admit.push({ uid: job.uid, agent });
}

/** The rest of the queue waits behind the job that could not start, and says so. */
function close(cycle: Cycle, usage: QueueUsage, head: PendingJob): void {
  cycle.open = cycle.open.filter((other) => other !== usage);
  for (const job of cycle.waiting.get(usage.queue.name) ?? []) {
    const own = nominate(job, usage, cycle.now);
    cycle.explain.push(waiting(cycle, job, own?.alone ? own : behind(head)));
  }
}

function behind(head: PendingJob): Refusal {
  const message = `waits behind ${head.project}/${head.name}, which ranks higher and is next`;
  return { reason: 'BehindHigherRank', message, blockedBy: `job/${head.project}/${head.name}`, alone: false };
}

function waiting(cycle: Cycle, job: PendingJob, { reason, message, blockedBy }: Refusal): Waiting {
  const position = (cycle.positions.get(job.queue) ?? 0) + 1;
  cycle.positions.set(job.queue, position);
  return { uid: job.uid, version: job.version, reason, message, position, blockedBy };
}
