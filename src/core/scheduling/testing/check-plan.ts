/**
 * What must hold of every plan, worked out in another way than the scheduler does: sums over subtrees in the place of
 * borrowed amounts, plain objects in the place of indexed arrays. Each returns sentences, none when all is well.
 */
import type { Plan } from '../plan.ts';
import type { Queue } from '../queue.ts';
import { selects } from '../selects.ts';
import type { HoldingJob, MemberGroup, PendingJob, Placed, Snapshot } from '../snapshot.ts';
import { domainOf } from '../topology.ts';

interface Use {
  readonly queue: string;
  readonly flavor: string | undefined;
  readonly amounts: Readonly<Record<string, number>>;
}

export function brokenQuota(snapshot: Snapshot, plan: Plan): string[] {
  const before = snapshot.holding.map((job) => useOf(job, job.placed, job.flavor));
  const byUid = new Map(snapshot.pending.map((job) => [job.uid, job]));
  const news = plan.admit.map((admit) => useOf(byUid.get(admit.uid)!, admit.placed, admit.flavor));
  const resources = new Set([...before, ...news].flatMap(({ amounts }) => Object.keys(amounts)));
  const flavors = [undefined, ...(snapshot.flavors ?? []).map(({ name }) => name)];
  return snapshot.queues.flatMap((queue) =>
    [...resources].flatMap((resource) =>
      flavors.flatMap((flavor) => {
        const cell = { resource, flavor };
        const grew = sum(news, snapshot, { queue, ...cell }) > 0;
        const limit = mostOf(snapshot, queue, cell);
        const held = sum([...before, ...news], snapshot, { queue, ...cell });
        if (!grew || held <= limit) return [];
        return [`queue ${queue.name} holds ${held} of at most ${limit} ${resource} of ${flavor ?? 'any'}`];
      }),
    ),
  );
}

interface Cell {
  readonly resource: string;
  readonly flavor: string | undefined;
}

/** Its own and what it may borrow; and never more than the tree has, less what others keep for themselves. */
function mostOf(snapshot: Snapshot, queue: Queue, cell: Cell): number {
  const root = ancestors(snapshot, queue).at(-1)!;
  const tree = below(snapshot, root);
  if (!tree.some((one) => partOf(one, cell)?.quota[cell.resource] !== undefined)) return Infinity;
  const own = total(below(snapshot, queue), cell);
  if (queue.parent === undefined) return total(tree, cell);
  const borrowing = partOf(queue, cell)?.borrowing?.[cell.resource] ?? Infinity;
  return Math.min(own + borrowing, total(tree, cell) - keptBySiblings(snapshot, queue, cell));
}

/** Of every queue beside it or beside one above it. */
function keptBySiblings(snapshot: Snapshot, queue: Queue, cell: Cell): number {
  return ancestors(snapshot, queue)
    .flatMap(({ parent, name }) =>
      parent === undefined ? [] : snapshot.queues.filter((one) => one.parent === parent && one.name !== name),
    )
    .reduce((kept, sibling) => {
      const lending = partOf(sibling, cell)?.lending?.[cell.resource] ?? Infinity;
      const lent = Math.min(lending, lentBelow(snapshot, sibling, cell));
      return kept + total(below(snapshot, sibling), cell) - lent;
    }, 0);
}

/** What a subtree has to give to its parent before its own limit. */
function lentBelow(snapshot: Snapshot, queue: Queue, cell: Cell): number {
  const children = snapshot.queues.filter(({ parent }) => parent === queue.name);
  return children.reduce((sumUp, child) => {
    const lending = partOf(child, cell)?.lending?.[cell.resource] ?? Infinity;
    return sumUp + Math.min(lending, lentBelow(snapshot, child, cell));
  }, partOf(queue, cell)?.quota[cell.resource] ?? 0);
}

function partOf(queue: Queue, { flavor }: Cell) {
  return flavor === undefined ? queue : queue.flavors?.find((part) => part.flavor === flavor);
}

function total(queues: readonly Queue[], cell: Cell): number {
  return queues.reduce((sumUp, queue) => sumUp + (partOf(queue, cell)?.quota[cell.resource] ?? 0), 0);
}

function sum(uses: readonly Use[], snapshot: Snapshot, of: Cell & { queue: Queue }): number {
  const inside = new Set(below(snapshot, of.queue).map(({ name }) => name));
  return uses
    .filter(({ queue, flavor }) => inside.has(queue) && (of.flavor === undefined || flavor === of.flavor))
    .reduce((sumUp, { amounts }) => sumUp + (amounts[of.resource] ?? 0), 0);
}

function below(snapshot: Snapshot, queue: Queue): Queue[] {
  return snapshot.queues.filter((one) => ancestors(snapshot, one).includes(queue));
}

/** Itself first. */
export function ancestors(snapshot: Snapshot, queue: Queue): Queue[] {
  const parent = snapshot.queues.find(({ name }) => name === queue.parent);
  return [queue, ...(parent ? ancestors(snapshot, parent) : [])];
}

function useOf(
  job: { readonly queue: string; readonly groups: readonly MemberGroup[] },
  placed: readonly Placed[] | undefined,
  flavor: string | undefined,
): Use {
  const amounts: Record<string, number> = {};
  for (const [at, { requests, count }] of job.groups.entries()) {
    const many = placed
      ? placed.filter(({ group }) => group === at).reduce((all, part) => all + part.count, 0)
      : count;
    for (const [name, amount] of Object.entries(requests))
      amounts[name] = (amounts[name] ?? 0) + amount * many;
  }
  return { queue: job.queue, flavor, amounts };
}

export function brokenCapacity(snapshot: Snapshot, plan: Plan): string[] {
  const byUid = new Map([...snapshot.pending, ...snapshot.holding].map((job) => [job.uid, job]));
  const held = snapshot.holding.flatMap((job) => membersOf(job, job.agent, job.placed ?? []));
  const news = plan.admit.flatMap(({ uid, agent, placed }) => membersOf(byUid.get(uid)!, agent, placed));
  return snapshot.nodes.flatMap((node) => {
    const here = (members: typeof news) =>
      members.filter(({ agent, name }) => agent === node.agent && name === node.name);
    if (here(news).length === 0) return [];
    return Object.keys(node.allocatable).flatMap((resource) => {
      const used = [...here(held), ...here(news)].reduce(
        (all, { group, count }) => all + (group.requests[resource] ?? 0) * count,
        0,
      );
      const asked = here(news).some(({ group }) => (group.requests[resource] ?? 0) > 0);
      if (!asked || used <= node.allocatable[resource]!) return [];
      return [`node ${node.name} holds ${used} of ${node.allocatable[resource]} ${resource}`];
    });
  });
}

function membersOf(job: PendingJob | HoldingJob, agent: string, placed: readonly Placed[]) {
  return placed.map(({ node, group, count }) => ({ agent, name: node, group: job.groups[group]!, count }));
}

/** Whole gangs, where their members may be, within the domain that they require. */
export function brokenGangs(snapshot: Snapshot, plan: Plan): string[] {
  const byUid = new Map(snapshot.pending.map((job) => [job.uid, job]));
  return plan.admit.flatMap((admit) => {
    const { uid, agent, placed, flavor } = admit;
    const job = byUid.get(uid)!;
    const said: string[] = [];
    job.groups.forEach(({ count, max = count }, at) => {
      const many = placed.filter(({ group }) => group === at).reduce((all, part) => all + part.count, 0);
      if (many < count || many > max) said.push(`${uid} has ${many} members of ${count} to ${max}`);
      if (admit.members[at] !== many) said.push(`${uid} says ${admit.members[at]} and places ${many}`);
    });
    const where = placed.map((part) => ({
      part,
      node: snapshot.nodes.find(({ agent: of, name }) => of === agent && name === part.node)!,
    }));
    const kind = snapshot.flavors?.find(({ name }) => name === flavor);
    for (const { node } of where)
      if (node.unschedulable) said.push(`${uid} is on ${node.name}, which is cordoned`);
    for (const { node, part } of where)
      if (!selects(node, job.groups[part.group]!, kind)) said.push(`${uid} may not be on ${node.name}`);
    if (job.topology?.required && job.topology.level !== 'none') {
      const domains = new Set(where.map(({ node }) => domainOf(node, job.topology!.level)));
      if (domains.size > 1 || domains.has(undefined)) said.push(`${uid} is in ${domains.size} domains`);
    }
    return said;
  });
}
