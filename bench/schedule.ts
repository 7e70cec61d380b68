/**
 * The scheduler by itself: whole cycles with nothing kept, cycles after one event on a board that is kept, gangs with
 * topology, answers to "why", and how it grows. Pure computation: no store, no clock.
 */
import { performance } from 'node:perf_hooks';
import { Board } from '../src/core/scheduling/board.ts';
import { Engine } from '../src/core/scheduling/engine.ts';
import { whatWouldHelp } from '../src/core/scheduling/help.ts';
import { verdicts } from '../src/core/scheduling/plan.ts';
import { schedule, scheduleBoard } from '../src/core/scheduling/schedule.ts';
import type { Snapshot } from '../src/core/scheduling/snapshot.ts';
import { why } from '../src/core/scheduling/why.ts';
import { check } from './harness/check.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { loadOf, NOW } from './schedule/load.ts';

const RUNS = 9;
const EVENTS = 60;
const FULL = { pending: 50_000, nodes: 1000, queues: 200, seed: 1 } as const;
const GANGS = { pending: 5000, nodes: 640, queues: 20, seed: 2, topology: true } as const;
const GROWTH = [1000, 10_000, 50_000, 100_000];

export async function run(report: Report): Promise<void> {
  const name = '50,000 pending × 1,000 nodes × 200 queues';
  whole(report, `one cycle, ${name}, nodes empty`, { load: loadOf(FULL), goal: 150 });
  const busy = loadOf({ ...FULL, busy: 1 });
  whole(report, `one cycle, ${name}, nodes in use`, { load: busy, goal: 150 });
  events(report, busy);
  whole(report, '5,000 gangs × 640 nodes, three levels, nodes empty', { load: loadOf(GANGS), goal: 100 });
  whole(report, '5,000 gangs × 640 nodes, three levels, nodes in use', {
    load: loadOf({ ...GANGS, busy: 0.9 }),
    goal: 100,
  });
  answers(report, busy);
  for (const pending of GROWTH)
    whole(report, `one cycle, ${pending} pending`, { load: loadOf({ ...FULL, pending, busy: 1 }) });
  memory(report, busy);
}

/** The first runs let the compiler learn, and are left out. */
function whole(report: Report, name: string, { load, goal }: { load: Snapshot; goal?: number }): void {
  const samples: number[] = [];
  for (let n = 0; n < RUNS + 3; n += 1) {
    const began = performance.now();
    const plan = schedule(load, NOW);
    if (n >= 3) samples.push(performance.now() - began);
    check(
      plan.admit.length + plan.explain.uids.length === load.pending.length,
      `every job starts or has a reason in ${name}`,
    );
  }
  report(figureOf({ name, samples, unit: 'ms', ...(goal === undefined ? {} : { goal }) }));
}

/** One job ends; what starts then holds, as it would in the product. */
function events(report: Report, load: Snapshot): void {
  const engine = new Engine(load, []);
  engine.cycle(NOW);
  const samples: number[] = [];
  for (let n = 0; n < EVENTS; n += 1) {
    const [gone] = engine.board.holders.keys();
    const now = NOW + n + 1;
    const began = performance.now();
    engine.board.update({ gone: [gone!] });
    const decisions = scheduleBoard(engine.board, load, now);
    samples.push(performance.now() - began);
    const holding = decisions.admit.flatMap((admit) => {
      const job = engine.board.entries.get(admit.uid)?.job;
      return job
        ? [{ ...job, agent: admit.agent, placed: admit.placed, admittedAt: now, startedAt: now }]
        : [];
    });
    engine.board.update({ holding });
  }
  report(figureOf({ name: 'cycle after one event, 50,000 pending', samples, unit: 'ms', goal: 10 }));
}

function answers(report: Report, load: Snapshot): void {
  const board = new Board(load);
  const last = { decisions: scheduleBoard(board, load, NOW), now: NOW };
  const one: number[] = [];
  for (let n = 0; n < RUNS; n += 1) {
    const { uid } = load.pending[n * 5000]!;
    const began = performance.now();
    const answer = why(board, last, uid);
    one.push(performance.now() - began);
    check(answer !== undefined, 'a job that waits has an answer');
  }
  report(figureOf({ name: 'why, one of 50,000', samples: one, unit: 'ms', goal: 50 }));
  const all: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const began = performance.now();
    const told = [...verdicts(last.decisions.explain())];
    all.push(performance.now() - began);
    check(told.length === load.pending.length, 'every job that waits has a reason');
  }
  report(figureOf({ name: 'why, all of 50,000', samples: all, unit: 'ms', goal: 2000 }));
  const help: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const { uid } = load.pending[n * 7000]!;
    const began = performance.now();
    whatWouldHelp(load, uid, NOW);
    help.push(performance.now() - began);
  }
  report(figureOf({ name: 'what would help, one of 50,000', samples: help, unit: 'ms', goal: 2000 }));
}

/** Of the whole process: the load itself, its board, and what the runtime takes. */
function memory(report: Report, load: Snapshot): void {
  const engine = new Engine(load, []);
  for (let n = 0; n < 5; n += 1) engine.cycle(NOW + n);
  const megabytes = process.memoryUsage().rss / 2 ** 20;
  report(figureOf({ name: 'process with 50,000 pending', samples: [megabytes], unit: 'MB', goal: 400 }));
}
