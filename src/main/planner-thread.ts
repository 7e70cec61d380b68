/** The scheduling thread: it keeps the board, so that what changed goes in and what was decided comes out. */
import { parentPort } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { Engine } from '../core/scheduling/engine.ts';
import { answerQuestion } from '../core/scheduling/questions.ts';
import type { RecordedDecision } from '../ports/planner.ts';
import type { PlannerAnswer, PlannerCall } from './planner.ts';
import { interned } from './planner-intern.ts';

let engine: Engine | undefined;
let foreseeing: NodeJS.Immediate | undefined;

parentPort?.on('message', ({ id, call }: { id: number; call: PlannerCall }) => {
  parentPort?.postMessage({ id, ...answered(call) });
  if (call.kind === 'cycle') foresee(call.now);
});

/** Between two calls, one step at a time: whatever is asked meanwhile goes first. */
function foresee(now: number): void {
  if (foreseeing) return;
  foreseeing = setImmediate(() => {
    foreseeing = undefined;
    if (engine?.foresee(now)) foresee(now);
  });
}

function answered(call: PlannerCall): PlannerAnswer {
  try {
    return { value: dealtWith(call) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function dealtWith(call: PlannerCall): unknown {
  switch (call.kind) {
    case 'reset':
      engine = new Engine(interned(call.snapshot), call.uses);
      return undefined;
    case 'cycle': {
      if (!engine) return undefined;
      engine.update(interned(call.delta), call.now);
      const { record, ...result } = engine.cycle(call.now);
      return { ...result, record: record && recorded(record) };
    }
    case 'told':
      engine?.told(call.waiting);
      return undefined;
    case 'ask':
      return engine && answerQuestion(engine, call.question);
  }
}

function recorded(record: NonNullable<ReturnType<Engine['cycle']>['record']>): RecordedDecision {
  const { kind, version, now } = record;
  return { kind, version, at: now, body: gzipSync(JSON.stringify(record), { level: 1 }) };
}
