/** Whether a queue may be put into the tree as it is: what contradicts itself is refused, with the place named. */
import type { FlavorQuota, Queue } from './queue.ts';

export interface TreeProblem {
  /** Path of the field. */
  readonly field: string;
  readonly why: string;
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
    return { field: 'parent', why: `there is no queue ${queue.parent} to be its parent` };
  const path = [queue.name];
  for (let at = queue.parent; ; ) {
    path.push(at);
    if (at === queue.name)
      return { field: 'parent', why: `it would be its own ancestor (${path.join(' → ')})` };
    const above = byName.get(at)?.parent;
    if (above === undefined) return undefined;
    at = above;
  }
}

function flavorProblem({ flavors = [] }: Queue, known: ReadonlySet<string>): TreeProblem | undefined {
  const seen = new Set<string>();
  return firstOf(flavors, ({ flavor }, at) => {
    const field = `flavors[${at}].flavor`;
    if (!known.has(flavor)) return { field, why: `there is no flavor ${flavor}` };
    if (seen.has(flavor)) return { field, why: `flavor ${flavor} is listed twice` };
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
      return { field: `${path}${field}`, why: `it has no parent, so that nobody is there for its ${field}` };
  }
  for (const [name, amount] of Object.entries(lending ?? {})) {
    const own = quota[name] ?? 0;
    if (amount > own)
      return {
        field: `${path}lending[${JSON.stringify(name)}]`,
        why: `it would lend ${amount} ${name} of its own ${own}`,
      };
  }
  return undefined;
}

/** Sums are exact up to here. */
function sumProblem(queues: readonly Queue[]): TreeProblem | undefined {
  const sums = new Map<string, number>();
  for (const queue of queues) {
    for (const [at, { quota }] of [queue, ...(queue.flavors ?? [])].entries()) {
      for (const [name, amount] of Object.entries(quota)) {
        const key = `${at === 0 ? '' : queue.flavors![at - 1]!.flavor} ${name}`;
        const sum = (sums.get(key) ?? 0) + amount;
        if (!Number.isSafeInteger(sum))
          return {
            field: `quota[${JSON.stringify(name)}]`,
            why: `the quotas of all queues together come to more than ${Number.MAX_SAFE_INTEGER} ${name}`,
          };
        sums.set(key, sum);
      }
    }
  }
  return undefined;
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
