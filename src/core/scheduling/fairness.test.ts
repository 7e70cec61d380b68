/** Fair share over time: queues that always have work get what their weights say, within 2 %. */
import { describe, expect, test } from 'vitest';
import type { HoldingJob, PendingJob } from './snapshot.ts';
import { aNode, aQueue, aSnapshot, NOON, pending } from './testing/builders.ts';
import { type Arrival, randomFrom, simulate } from './testing/simulate.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

interface Load {
  readonly what: string;
  readonly weights: Readonly<Record<string, number>>;
  /** Processors that a job asks for, at most. */
  readonly largest: Readonly<Record<string, number>>;
}

describe('queues that always have work', () => {
  test.each<Load>([
    { what: 'of equal weights', weights: { a: 1, b: 1 }, largest: { a: 2, b: 2 } },
    { what: 'of the weights 1, 2 and 3', weights: { a: 1, b: 2, c: 3 }, largest: { a: 2, b: 2, c: 2 } },
    { what: 'with larger and smaller jobs', weights: { a: 1, b: 1 }, largest: { a: 1, b: 5 } },
    { what: 'of which one has ten times the weight', weights: { a: 1, b: 10 }, largest: { a: 1, b: 2 } },
  ])('$what share by weight', ({ weights, largest }) => {
    const shares = measured(weights, largest);
    const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
    for (const [queue, weight] of Object.entries(weights)) {
      expect(Math.abs(shares.get(queue)! - weight / sum), queue).toBeLessThan(0.02);
    }
  });
});

/** Parts of what all use together, over a day, after half a day. */
function measured(weights: Load['weights'], largest: Load['largest']): ReadonlyMap<string, number> {
  const random = randomFrom(7);
  let count = 0;
  const arrive = (queue: string, at: number): Arrival => {
    count += 1;
    const cpu = 1000 * (1 + Math.floor(random() * largest[queue]!));
    const takes = Math.floor((5 + random() * 20) * MINUTE);
    const job: PendingJob = {
      ...pending(`${queue}-${count}`, { queue, cpu, createdAt: at }),
      expectedMs: takes,
    };
    return { at, job, takes };
  };
  const used = new Map<string, number>();
  const until = NOON + 36 * HOUR;
  const half = NOON + 12 * HOUR;
  const queues = Object.entries(weights).map(([name, weight]) => aQueue(name, { weight }));
  let last = half;
  let holding: readonly HoldingJob[] = [];
  simulate({
    world: aSnapshot({ queues, nodes: [aNode('n1', 20_000)] }),
    from: NOON,
    until,
    arrivals: queues.flatMap(({ name }) => Array.from({ length: 20 }, () => arrive(name, NOON))),
    onStart: (job, now) => [arrive(job.queue, now)],
    onCycle: (engine, now) => {
      for (const { queue, groups } of now > half ? holding : []) {
        const cpu = groups[0]!.requests.cpu ?? 0;
        used.set(queue, (used.get(queue) ?? 0) + cpu * (now - last));
      }
      last = Math.max(half, now);
      holding = engine.snapshot().holding;
    },
  });
  const all = [...used.values()].reduce((sum, amount) => sum + amount, 0);
  return new Map([...used].map(([queue, amount]) => [queue, amount / all]));
}
