/**
 * The smallest changes that would start a job now. Each is proved by scheduling the changed snapshot: what does
 * not start it is not said.
 */
import { formatAmount } from '../kube/quantity.ts';
import { Board } from './board.ts';
import { type Change, changed } from './changed.ts';
import { verdicts } from './plan.ts';
import { schedule } from './schedule.ts';
import type { NodeSnapshot, PendingJob, Snapshot } from './snapshot.ts';

export interface Suggestion {
  readonly change: Change;
  /** `2 nvidia.com/gpu more quota for queue research` */
  readonly sentence: string;
}

/** Plans that are made to find them: a bound on time. */
const MOST_PLANS = 24;
/** Jobs of which it is tried whether their end would do. */
const MOST_ENDS = 6;
const MOST_SUGGESTIONS = 6;

class Trials {
  readonly #snapshot: Snapshot;
  readonly #uid: string;
  readonly #now: number;
  #left = MOST_PLANS;

  constructor(snapshot: Snapshot, uid: string, now: number) {
    this.#snapshot = snapshot;
    this.#uid = uid;
    this.#now = now;
  }

  /** Whether the job starts with it. Nothing is proved any more when too many plans were made. */
  starts(change: Change): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    const { admit } = schedule(changed(this.#snapshot, change), this.#now);
    return admit.some(({ uid }) => uid === this.#uid);
  }
}

export function whatWouldHelp(snapshot: Snapshot, uid: string, now: number): readonly Suggestion[] {
  const job = snapshot.pending.find((one) => one.uid === uid);
  if (!job) return [];
  const plan = schedule(snapshot, now);
  const verdict = [...verdicts(plan.explain)].find((one) => one.uid === uid);
  if (!verdict) return [];
  const trials = new Trials(snapshot, uid, now);
  const proved: Suggestion[] = [];
  for (const suggest of SUGGESTERS) {
    for (const suggestion of suggest({ snapshot, job, now, trials, reason: verdict.reason })) {
      proved.push(suggestion);
      if (proved.length === MOST_SUGGESTIONS) return proved;
    }
  }
  return proved;
}

interface Case {
  readonly snapshot: Snapshot;
  readonly job: PendingJob;
  readonly now: number;
  readonly trials: Trials;
  readonly reason: string;
}

type Suggester = (of: Case) => Generator<Suggestion>;

function* ifItStarts({ trials }: Case, change: Change, sentence: string): Generator<Suggestion> {
  if (trials.starts(change)) yield { change, sentence };
}

function* openQueue(of: Case): Generator<Suggestion> {
  const { snapshot, job } = of;
  for (let name: string | undefined = job.queue; name !== undefined; ) {
    const queue = snapshot.queues.find((one) => one.name === name);
    if (queue?.state === 'paused')
      yield* ifItStarts(
        of,
        { kind: 'queue-state', queue: queue.name, state: 'open' },
        `queue ${queue.name} is resumed`,
      );
    name = queue?.parent;
  }
}

function* startNow(of: Case): Generator<Suggestion> {
  if (of.reason === 'StartAfter')
    yield* ifItStarts(of, { kind: 'job', uid: of.job.uid, startNow: true }, 'its startAfter is taken away');
}

function* maxRunning(of: Case): Generator<Suggestion> {
  const queue = of.snapshot.queues.find(({ name }) => name === of.job.queue);
  if (of.reason !== 'RunningLimit' || queue?.maxRunning === undefined) return;
  const running = of.snapshot.holding.filter((job) => job.queue === queue.name).length;
  const most = Math.max(queue.maxRunning, running) + 1;
  yield* ifItStarts(
    of,
    { kind: 'max-running', queue: queue.name, most },
    `queue ${queue.name} may run ${most} jobs`,
  );
}

/** By as much as is missing: of its own quota in each cell, one after the other. */
function* moreQuota(of: Case): Generator<Suggestion> {
  const { snapshot, job } = of;
  if (of.reason !== 'QuotaExceeded' && of.reason !== 'NeverFits') return;
  const board = new Board(snapshot);
  const queue = board.tree.indexOf.get(job.queue);
  if (queue === undefined) return;
  const shape = board.shapes.of(job);
  const quota = of.reason === 'NeverFits' ? board.empty.quota : board.quota;
  const short = [...shape.total.resources].flatMap((resource, i) => {
    const missing = shape.total.amounts[i]! - quota.available(queue, resource);
    return missing > 0 ? [{ resource: board.cells.resources[resource]!, missing }] : [];
  });
  const [only, ...others] = short;
  if (!only || others.length > 0) return;
  const own = snapshot.queues.find(({ name }) => name === job.queue)!;
  const { resource, missing } = only;
  const amount = (own.quota[resource] ?? 0) + missing;
  yield* ifItStarts(
    of,
    { kind: 'quota', queue: job.queue, resource, amount },
    `${formatAmount(resource, missing)} ${resource} more quota for queue ${job.queue} (${formatAmount(resource, amount)} in all)`,
  );
}

/** The largest gang that starts: found by halving. */
function* fewerMembers(of: Case): Generator<Suggestion> {
  const { job, trials } = of;
  const [role] = job.groups.map((group, at) => ({ group, at })).sort((a, b) => b.group.count - a.group.count);
  if (!role || role.group.count < 2) return;
  const changeTo = (count: number): Change => ({
    kind: 'job',
    uid: job.uid,
    groups: job.groups.map((group, at) => (at === role.at ? { ...group, count, max: count } : group)),
  });
  let [low, high] = [0, role.group.count];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (trials.starts(changeTo(middle))) low = middle;
    else high = middle;
  }
  if (low > 0)
    yield {
      change: changeTo(low),
      sentence: `${low} ${low === 1 ? 'member' : 'members'} instead of ${role.group.count}`,
    };
}

function* looserTopology(of: Case): Generator<Suggestion> {
  const { job } = of;
  if (!job.topology?.required || job.topology.level === 'none') return;
  const { level } = job.topology;
  yield* ifItStarts(
    of,
    { kind: 'job', uid: job.uid, topology: { level, required: false } },
    `without the requirement that all of it is in one ${level}`,
  );
}

/** Another value of a label that it asks for, where nodes have one. */
function* otherNodes(of: Case): Generator<Suggestion> {
  const { job, snapshot } = of;
  const asked = new Map(job.groups.flatMap(({ nodeSelector }) => Object.entries(nodeSelector)));
  for (const [label, value] of asked) {
    const values = new Set(snapshot.nodes.flatMap(({ labels }) => labels[label] ?? []));
    for (const other of [...values].filter((one) => one !== value).sort()) {
      const groups = job.groups.map((group) =>
        group.nodeSelector[label] === value
          ? { ...group, nodeSelector: { ...group.nodeSelector, [label]: other } }
          : group,
      );
      yield* ifItStarts(of, { kind: 'job', uid: job.uid, groups }, `${label} ${other} instead of ${value}`);
    }
  }
}

/** The smallest priority that is enough, of those its grant allows. */
function* higherPriority(of: Case): Generator<Suggestion> {
  const { job, snapshot, trials } = of;
  const grant = snapshot.grants.find(({ project, queue }) => project === job.project && queue === job.queue);
  const most = grant?.maxPriority ?? job.priority;
  const changeTo = (priority: number): Change => ({ kind: 'job', uid: job.uid, priority });
  if (most <= job.priority || !trials.starts(changeTo(most))) return;
  let [low, high] = [job.priority, most];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (trials.starts(changeTo(middle))) high = middle;
    else low = middle;
  }
  yield { change: changeTo(high), sentence: `priority ${high} instead of ${job.priority}` };
}

/** The least that would have to end. */
function* otherEnds(of: Case): Generator<Suggestion> {
  const { job, snapshot } = of;
  const size = (one: { groups: PendingJob['groups'] }) =>
    one.groups.reduce((sum, { count, requests }) => sum + count * (requests['nvidia.com/gpu'] ?? 0), 0) *
      1e6 +
    one.groups.reduce((sum, { count, requests }) => sum + count * (requests.cpu ?? 0), 0);
  const wanted = size(job);
  const candidates = [...snapshot.holding].sort(
    (a, b) =>
      Number(size(a) < wanted) - Number(size(b) < wanted) ||
      Math.abs(size(a) - wanted) - Math.abs(size(b) - wanted) ||
      (a.uid < b.uid ? -1 : 1),
  );
  for (const { uid, project, name } of candidates.slice(0, MOST_ENDS))
    yield* ifItStarts(of, { kind: 'end', uid }, `job ${project}/${name} ends`);
}

/** One like the largest there is. */
function* oneMoreNode(of: Case): Generator<Suggestion> {
  const weight = ({ allocatable }: NodeSnapshot) =>
    (allocatable['nvidia.com/gpu'] ?? 0) * 1e6 + (allocatable.cpu ?? 0);
  const [largest] = [...of.snapshot.nodes]
    .filter(({ unschedulable }) => !unschedulable)
    .sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
  if (!largest) return;
  const node = { ...largest, name: `${largest.name}-like` };
  yield* ifItStarts(of, { kind: 'add-nodes', nodes: [node] }, `one more node like ${largest.name}`);
}

/** What the owner of the job can do goes first, then who owns the queue, then who owns the cluster. */
const SUGGESTERS: readonly Suggester[] = [
  startNow,
  looserTopology,
  otherNodes,
  fewerMembers,
  openQueue,
  maxRunning,
  moreQuota,
  otherEnds,
  higherPriority,
  oneMoreNode,
];
