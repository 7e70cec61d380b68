/** Whether a queue may be put into the tree as it is: what contradicts itself is refused, with the place named. */
import { formatAmount } from '../kube/quantity.ts';
import type { FlavorQuota, Queue } from './queue.ts';

export interface TreeProblem {
  /** Path of the field. */
  readonly field: string;
  readonly why: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** @param others every other queue; @param flavors names of those there are */
export function checkTree(
  queue: Queue,
  { others, flavors }: { readonly others: readonly Queue[]; readonly flavors: ReadonlySet<string> },
): TreeProblem | undefined {
  return (
    parentProblem(queue, others) ??
    flavorProblem(queue, flavors) ??
    limitProblem(queue, '') ??
    firstOf(queue.flavors ?? [], (part, at) =>
      limitProblem({ ...part, parent: queue.parent }, `flavors[${at}].`),
    ) ??
    sumProblem([...others.filter(({ name }) => name !== queue.name), queue])
  );
}

function parentProblem(queue: Queue, others: readonly Queue[]): TreeProblem | undefined {
  if (queue.parent === undefined) return undefined;
  const byName = new Map(others.map((one) => [one.name, one]));
  byName.set(queue.name, queue);
  if (!byName.has(queue.parent))
    return {
      field: 'parent',
      why: `there is no queue ${queue.parent} to be its parent`,
      remedy: `Make queue ${queue.parent} first, or name another; \`capstan get queues\` lists them.`,
    };
  const path = [queue.name];
  for (let at = queue.parent; ; ) {
    path.push(at);
    if (at === queue.name)
      return {
        field: 'parent',
        why: `it would be its own ancestor (${path.join(' → ')})`,
        remedy: 'Name a parent that is not below it, or leave it out.',
      };
    const above = byName.get(at)?.parent;
    if (above === undefined) return undefined;
    at = above;
  }
}

function flavorProblem({ flavors = [] }: Queue, known: ReadonlySet<string>): TreeProblem | undefined {
  const seen = new Set<string>();
  return firstOf(flavors, ({ flavor }, at) => {
    const field = `flavors[${at}].flavor`;
    if (!known.has(flavor))
      return {
        field,
        why: `there is no flavor ${flavor}`,
        remedy: `Make flavor ${flavor} first, or name another; \`capstan get flavors\` lists them.`,
      };
    if (seen.has(flavor))
      return {
        field,
        why: `flavor ${flavor} is listed twice`,
        remedy: 'Put both of its quotas into one entry.',
      };
    seen.add(flavor);
    return undefined;
  });
}

type Limited = Pick<FlavorQuota, 'quota' | 'borrowing' | 'lending'> & Pick<Queue, 'parent'>;

function limitProblem({ quota, borrowing, lending, parent }: Limited, path: string): TreeProblem | undefined {
  for (const [field, limits] of [
    ['borrowing', borrowing],
    ['lending', lending],
  ] as const) {
    if (limits && parent === undefined && Object.keys(limits).length > 0)
      return {
        field: `${path}${field}`,
        why: `it has no parent, so that nobody is there for its ${field}`,
        remedy: `Give the queue a parent, or leave ${field} out.`,
      };
  }
  for (const [name, amount] of Object.entries(lending ?? {})) {
    const own = quota[name] ?? 0;
    if (amount > own)
      return {
        field: `${path}lending[${JSON.stringify(name)}]`,
        why: `it would lend ${formatAmount(name, amount)} ${name} of its own ${formatAmount(name, own)}`,
        remedy: `Lend at most ${formatAmount(name, own)}, or raise its quota.`,
      };
  }
  return undefined;
}

/** Sums are exact up to 2^53 - 1: each resource by itself, of each flavor by itself. */
function sumProblem(queues: readonly Queue[]): TreeProblem | undefined {
  const sums = new Map<string, number>();
  for (const queue of queues) {
    for (const { path, flavor, quota } of quotasOf(queue)) {
      for (const [name, amount] of Object.entries(quota)) {
        const key = `${flavor} ${name}`;
        const sum = (sums.get(key) ?? 0) + amount;
        if (!Number.isSafeInteger(sum)) return overflow(`${path}quota[${JSON.stringify(name)}]`, name);
        sums.set(key, sum);
      }
    }
  }
  return undefined;
}

function quotasOf({ quota, flavors = [] }: Queue) {
  return [
    { path: '', flavor: '', quota },
    ...flavors.map((part, at) => ({ path: `flavors[${at}].`, flavor: part.flavor, quota: part.quota })),
  ];
}

function overflow(field: string, resource: string): TreeProblem {
  const most = formatAmount(resource, Number.MAX_SAFE_INTEGER);
  return {
    field,
    why: `the quotas of all queues together come to more than ${most} ${resource}`,
    remedy: 'Lower it: leave a resource out of every quota when it is not to be limited.',
  };
}

function firstOf<T>(
  items: readonly T[],
  problem: (item: T, at: number) => TreeProblem | undefined,
): TreeProblem | undefined {
  for (const [at, item] of items.entries()) {
    const found = problem(item, at);
    if (found) return found;
  }
  return undefined;
}
