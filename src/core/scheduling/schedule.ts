/**
 * One cycle: snapshot → plan, pure. The same snapshot gives the same plan, whatever the order of its rows
 * (invariant 7); no plan admits beyond quota or capacity (3), a gang starts whole or not at all (4).
 */
import { Board } from './board.ts';
import { beginCycle, type Cycle, type CycleInput } from './cycle.ts';
import { explanationOf } from './explain/explanation.ts';
import { grow } from './grow.ts';
import { type Line, type Lines, linesOf } from './lines.ts';
import type { Explanation, Plan } from './plan.ts';
import { startReserved } from './resume.ts';
import type { Snapshot } from './snapshot.ts';
import { type Visits, visit } from './visit.ts';

export function schedule(snapshot: Snapshot, now: number): Plan {
  const { explain, ...decisions } = scheduleBoard(new Board(snapshot), snapshot, now);
  return { ...decisions, explain: explain() };
}

/** A plan whose explanation is made when it is asked for: most cycles change few decisions, and tell nobody why. */
export type Decisions = Omit<Plan, 'explain'> & { readonly explain: () => Explanation };

/** The same, for who keeps the board from one cycle to the next. The explanation is asked for before the board changes, and stays. */
export function scheduleBoard(board: Board, rest: CycleInput, now: number): Decisions {
  const cycle = beginCycle(board, rest, now);
  const lines = linesOf(cycle);
  const visits: Visits = { cycle, lines, preemptors: 0 };
  startReserved(visits);
  for (let line = nextLine(cycle, lines); line; line = nextLine(cycle, lines)) visit(visits, line);
  grow(cycle);
  let told: Explanation | undefined;
  return {
    admit: cycle.admits.map(({ admit }) => admit),
    reserve: cycle.reserves.map(({ reserve }) => reserve),
    preempt: cycle.preempts,
    explain: () => {
      told ??= explanationOf(cycle, lines);
      return told;
    },
  };
}

function nextLine({ shares }: Cycle, { all, open }: Lines): Line | undefined {
  const queue = shares.next(open, (at) => isOpen(all[at]));
  return queue === -1 ? undefined : all[queue];
}

function isOpen(line: Line | undefined): boolean {
  return line !== undefined && !line.finished;
}
