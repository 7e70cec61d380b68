/** Pages of decisions are read one after the other, each decision once. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { holdingOf } from '../../core/scheduling/advance.ts';
import { type DecisionRecord, Engine } from '../../core/scheduling/engine.ts';
import { aNode, aSnapshot, NOON, pending } from '../../core/scheduling/testing/builders.ts';
import { replayed } from './replay.ts';

/** One job comes and one goes each second. */
function records(many: number): DecisionRecord[] {
  const engine = new Engine(aSnapshot({ nodes: [aNode('n1', 4000)] }), []);
  return Array.from({ length: many }, (_, n) => {
    const now = NOON + n * 1000;
    engine.update(
      { pending: [pending(`j${n}`, { createdAt: now })], gone: n < 3 ? [] : [`uid-j${n - 3}`] },
      now,
    );
    const { plan, record } = engine.cycle(now);
    const holding = plan.admit.map((admit) =>
      holdingOf(engine.board.entries.get(admit.uid)!.job, admit, now),
    );
    engine.update({ holding }, now);
    return record!;
  });
}

const PAGE = 7;

function served(kept: readonly DecisionRecord[]) {
  const asked: { from: number; base: boolean }[] = [];
  const read = async (_: unknown, at: { from: number; base: boolean }) => {
    asked.push(at);
    const items = kept.slice(at.base ? 0 : at.from - 1, (at.base ? 0 : at.from - 1) + PAGE);
    return {
      last: kept.length,
      items: items.map((record) => ({
        seq: kept.indexOf(record) + 1,
        at: '',
        kind: record.kind,
        version: record.version,
        body: gzipSync(JSON.stringify(record)).toString('base64'),
      })),
    };
  };
  return { asked, read };
}

test('all of several pages come out identical, and each is made again once', async () => {
  const { asked, read } = served(records(30));
  const result = await replayed(undefined as never, read, { from: 1 });
  expect(result).toEqual({ replayed: 30, identical: 30, skipped: 0, different: [] });
  expect(asked.map(({ from, base }) => `${from} ${base}`)).toEqual([
    '1 true',
    '8 false',
    '15 false',
    '22 false',
    '29 false',
  ]);
});

test('one that is not what was decided is told of, with both', async () => {
  const kept = records(5);
  kept[3] = { ...kept[3]!, plan: { ...kept[3]!.plan, admit: [] } };
  const { different, identical } = await replayed(undefined as never, served(kept).read, { from: 1 });
  expect(identical).toBe(4);
  expect(different.map(({ seq }) => seq)).toEqual([4]);
});
