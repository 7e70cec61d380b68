/**
 * When the jobs that wait are expected to start: the same scheduler on a clock that runs ahead. Jobs end when they are
 * expected to; many ends are taken together where there are many, so that it stays quick.
 */
import { holdingOf, keptFrom, pendingOf } from './advance.ts';
import { Board } from './board.ts';
import { expectedEnd } from './holder.ts';
import { scheduleBoard } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';

/** Job-cycles that one forecast may cost: fifty thousand jobs get twenty steps, a hundred get all they need. */
const BUDGET = 1_000_000;
const MOST_STEPS = 400;
const GRACE = 30_000;

/** @returns epoch milliseconds by uid; of those that do not start within the steps, nothing */
export function forecast(snapshot: Snapshot, now: number): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  let present = snapshot;
  let board = new Board(present);
  const ends = new Map(snapshot.holding.map((job) => [job.uid, expectedEnd(job, now)]));
  const held = new Map(snapshot.holding.map((job) => [job.uid, job]));
  const steps = Math.min(MOST_STEPS, Math.ceil(BUDGET / (snapshot.pending.length + 1)));
  let clock = now;
  for (let step = 0; step < steps && board.entries.size > 0; step += 1) {
    const decisions = scheduleBoard(board, present, clock);
    present = { ...present, reserved: keptFrom(decisions) };
    const started = decisions.admit.map((admit) =>
      holdingOf(board.entries.get(admit.uid)!.job, admit, clock),
    );
    for (const job of started) {
      if (!starts.has(job.uid)) starts.set(job.uid, clock);
      held.set(job.uid, job);
      ends.set(job.uid, expectedEnd(job, clock));
    }
    const stopped = decisions.preempt.flatMap(({ uid }) => held.get(uid) ?? []);
    for (const { uid } of stopped) ends.set(uid, Math.min(ends.get(uid)!, clock + GRACE));
    const stopping = stopped.map((job) => ({ ...job, stopsBy: clock + GRACE }));
    for (const job of stopping) held.set(job.uid, job);
    const awaited = decisions.reserve.flatMap(({ uid, reason }) => {
      const job = board.entries.get(uid)?.job;
      return job && reason === 'preemption' ? [{ ...job, reason: 'WaitsForStops' as const }] : [];
    });
    board = updated(board, present, { holding: [...started, ...stopping], pending: awaited });
    const next = nextEnds(ends, steps - step);
    if (next.length === 0) break;
    clock = Math.max(clock, ends.get(next.at(-1)!)!);
    const back = next.flatMap((uid) => {
      const job = held.get(uid);
      return job?.stopsBy !== undefined && snapshot.pending.every((one) => one.uid !== uid)
        ? [pendingOf(job, true)]
        : [];
    });
    for (const uid of next) {
      ends.delete(uid);
      held.delete(uid);
    }
    board = updated(board, present, { gone: next, pending: back });
  }
  return starts;
}

/** The next to end; several at a time when there are more than steps left. */
function nextEnds(ends: ReadonlyMap<string, number>, steps: number): string[] {
  const sorted = [...ends].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
  const many = Math.max(1, Math.ceil(sorted.length / Math.max(1, steps)));
  const last = sorted[Math.min(many, sorted.length) - 1]?.[1];
  return last === undefined ? [] : sorted.filter(([, end]) => end <= last).map(([uid]) => uid);
}

function updated(board: Board, rest: Snapshot, delta: Parameters<Board['update']>[0]): Board {
  if (board.update(delta)) return board;
  const gone = new Set([
    ...(delta.gone ?? []),
    ...(delta.pending ?? []).map(({ uid }) => uid),
    ...(delta.holding ?? []).map(({ uid }) => uid),
  ]);
  const pending = [...board.entries.values()].map(({ job }) => job).filter(({ uid }) => !gone.has(uid));
  const holding = [...board.holders.values()].flatMap(({ job }) => (job && !gone.has(job.uid) ? [job] : []));
  return new Board({
    ...rest,
    pending: [...pending, ...(delta.pending ?? [])],
    holding: [...holding, ...(delta.holding ?? [])],
  });
}
