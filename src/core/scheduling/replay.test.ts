/** Decisions that were written down come out the same elsewhere: through JSON, on a board that was made anew. */
import { expect, test } from 'vitest';
import { holdingOf } from './advance.ts';
import { type DecisionRecord, Engine } from './engine.ts';
import { Replay } from './replay.ts';
import { aNode, aQueue, aSnapshot, NOON, pending } from './testing/builders.ts';
import { randomFrom } from './testing/simulate.ts';

test('of a run with arrivals, ends, preemptions and a change of quota', () => {
  const random = randomFrom(3);
  const queues = [
    aQueue('root', { quota: { cpu: 4000 } }),
    aQueue('a', { parent: 'root', quota: { cpu: 2000 } }),
    aQueue('b', { parent: 'root', quota: { cpu: 6000 }, weight: 2 }),
  ];
  const world = aSnapshot({ queues, nodes: [aNode('n1', 8000), aNode('n2', 8000)] });
  const engine = new Engine(world, []);
  const records: DecisionRecord[] = [];
  const reasons = new Set<string>();
  for (let step = 0; step < 1500; step += 1) {
    const now = NOON + step * 7000;
    const holding = engine.snapshot().holding;
    const gone = holding
      .filter(({ stopsBy }) => stopsBy !== undefined || random() < 0.08)
      .map(({ uid }) => uid);
    const arrives = pending(`j${step}`, {
      queue: random() < 0.5 ? 'a' : 'b',
      cpu: 500 * (1 + Math.floor(random() * 4)),
      members: 1 + Math.floor(random() * 3),
      priority: 10 * Math.floor(random() * 10),
      createdAt: now,
      ...(random() < 0.5 ? { expectedMs: 60_000 } : {}),
    });
    engine.update({ gone, pending: random() < 0.7 ? [arrives] : [] }, now);
    if (step === 700) {
      const { grants, nodes } = world;
      const changed = queues.map((queue) =>
        queue.name === 'a' ? { ...queue, quota: { cpu: 4000 } } : queue,
      );
      engine.update({ rest: { queues: changed, grants, nodes } }, now);
    }
    const { plan, record, waiting } = engine.cycle(now);
    if (record) records.push(JSON.parse(JSON.stringify(record)));
    for (const { reason } of plan.preempt) reasons.add(reason);
    engine.told(waiting);
    const stopped = new Set(plan.preempt.map(({ uid }) => uid));
    engine.update(
      {
        holding: [
          ...plan.admit.map((admit) => holdingOf(engine.board.entries.get(admit.uid)!.job, admit, now)),
          ...engine
            .snapshot()
            .holding.filter(({ uid }) => stopped.has(uid))
            .map((job) => ({ ...job, stopsBy: now + 5000 })),
        ],
      },
      now,
    );
  }
  expect(records.length).toBeGreaterThan(500);
  expect(reasons.size).toBeGreaterThan(0);
  const replay = new Replay();
  for (const record of records) {
    const made = replay.next(record)!;
    expect(made.replayed).toBe(made.recorded);
  }
});
