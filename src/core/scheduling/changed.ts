/** A snapshot with something changed: for what-if, and to prove what would help. Nothing real changes. */

import type { Topology } from '../job/spec.ts';
import { pendingOf } from './advance.ts';
import type { Queue, QueueState } from './queue.ts';
import type { MemberGroup, NodeSnapshot, PendingJob, Snapshot } from './snapshot.ts';

export type Change =
  /** More or less of its own quota, of all flavors or of one. */
  | {
      readonly kind: 'quota';
      readonly queue: string;
      readonly resource: string;
      readonly flavor?: string | undefined;
      readonly amount: number;
    }
  | { readonly kind: 'queue-state'; readonly queue: string; readonly state: QueueState }
  | { readonly kind: 'max-running'; readonly queue: string; readonly most: number | undefined }
  | { readonly kind: 'add-nodes'; readonly nodes: readonly NodeSnapshot[] }
  /** What runs there stays and counts; nothing is added. */
  | { readonly kind: 'cordon'; readonly nodes: readonly string[] }
  /** What runs there loses its place, and waits again. */
  | { readonly kind: 'drain'; readonly nodes: readonly string[] }
  | { readonly kind: 'submit'; readonly jobs: readonly PendingJob[] }
  /** A job that runs ends now. */
  | { readonly kind: 'end'; readonly uid: string }
  | {
      readonly kind: 'job';
      readonly uid: string;
      readonly groups?: readonly MemberGroup[] | undefined;
      readonly topology?: Topology | undefined;
      readonly priority?: number | undefined;
      readonly startNow?: boolean | undefined;
    };

export function changed(snapshot: Snapshot, change: Change): Snapshot {
  switch (change.kind) {
    case 'quota':
      return withQueue(snapshot, change.queue, (queue) => withQuota(queue, change));
    case 'queue-state':
      return withQueue(snapshot, change.queue, (queue) => ({ ...queue, state: change.state }));
    case 'max-running':
      return withQueue(snapshot, change.queue, (queue) => ({ ...queue, maxRunning: change.most }));
    case 'add-nodes':
      return { ...snapshot, nodes: [...snapshot.nodes, ...change.nodes] };
    case 'cordon':
      return cordoned(snapshot, new Set(change.nodes));
    case 'drain':
      return drained(snapshot, new Set(change.nodes));
    case 'submit':
      return { ...snapshot, pending: [...snapshot.pending, ...change.jobs] };
    case 'end':
      return { ...snapshot, holding: snapshot.holding.filter(({ uid }) => uid !== change.uid) };
    case 'job':
      return {
        ...snapshot,
        pending: snapshot.pending.map((job) => (job.uid === change.uid ? withFields(job, change) : job)),
      };
  }
}

function withQueue(snapshot: Snapshot, name: string, change: (queue: Queue) => Queue): Snapshot {
  return {
    ...snapshot,
    queues: snapshot.queues.map((queue) => (queue.name === name ? change(queue) : queue)),
  };
}

function withQuota(queue: Queue, { resource, flavor, amount }: Extract<Change, { kind: 'quota' }>): Queue {
  if (flavor === undefined) return { ...queue, quota: { ...queue.quota, [resource]: amount } };
  const flavors = queue.flavors?.map((part) =>
    part.flavor === flavor ? { ...part, quota: { ...part.quota, [resource]: amount } } : part,
  );
  return { ...queue, flavors };
}

function cordoned(snapshot: Snapshot, names: ReadonlySet<string>): Snapshot {
  const nodes = snapshot.nodes.map((node) =>
    names.has(node.name) ? { ...node, unschedulable: true } : node,
  );
  return { ...snapshot, nodes };
}

function drained(snapshot: Snapshot, names: ReadonlySet<string>): Snapshot {
  const leaves = new Set(
    snapshot.holding
      .filter(({ placed }) => placed?.some(({ node }) => names.has(node)))
      .map(({ uid }) => uid),
  );
  const back = snapshot.holding.filter(({ uid }) => leaves.has(uid)).map((job) => pendingOf(job, false));
  return {
    ...snapshot,
    nodes: snapshot.nodes.filter(({ name }) => !names.has(name)),
    holding: snapshot.holding.filter(({ uid }) => !leaves.has(uid)),
    pending: [...snapshot.pending, ...back],
  };
}

function withFields(job: PendingJob, change: Extract<Change, { kind: 'job' }>): PendingJob {
  const { groups = job.groups, topology = job.topology, priority = job.priority, startNow } = change;
  return { ...job, groups, topology, priority, startAfter: startNow ? undefined : job.startAfter };
}
