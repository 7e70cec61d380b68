/** What the next plan would be with something changed, beside what it is without: who starts, waits, is preempted. */
import { type Change, changed } from './changed.ts';
import { type Plan, verdicts } from './plan.ts';
import { schedule } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';

export interface WhatIfJob {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
}

export interface WhatIf {
  /** Start with the change and not without it. */
  readonly starts: readonly (WhatIfJob & {
    readonly agent: string;
    /** It runs now, loses its node, and starts elsewhere. */
    readonly again: boolean;
  })[];
  /** Would have started, and wait; or run no more. */
  readonly waits: readonly (WhatIfJob & { readonly reason: string; readonly message: string })[];
  /** Lose their place with the change and not without it. */
  readonly preempted: readonly (WhatIfJob & { readonly by: string; readonly reason: string })[];
  readonly before: Totals;
  readonly after: Totals;
}

interface Totals {
  readonly starts: number;
  readonly waits: number;
  readonly preempted: number;
}

export function whatIf(snapshot: Snapshot, changes: readonly Change[], now: number): WhatIf {
  const then = changes.reduce(changed, snapshot);
  const [before, after] = [schedule(snapshot, now), schedule(then, now)];
  const jobs = new Map(
    [...snapshot.holding, ...snapshot.pending, ...then.pending].map((job) => [job.uid, job]),
  );
  const named = (uid: string): WhatIfJob => {
    const { name, project, queue } = jobs.get(uid)!;
    return { uid, name, project, queue };
  };
  const waited = new Set(snapshot.pending.map(({ uid }) => uid));
  const [startsBefore, startsAfter] = [before, after].map(
    ({ admit }) => new Map(admit.map((one) => [one.uid, one])),
  );
  const runs = new Set(snapshot.holding.map(({ uid }) => uid));
  const preempted = new Set(before.preempt.map(({ uid }) => uid));
  return {
    starts: [...startsAfter!.values()]
      .filter(({ uid }) => !startsBefore!.has(uid))
      .map(({ uid, agent }) => ({ ...named(uid), agent, again: runs.has(uid) })),
    waits: [...verdicts(after.explain)]
      .filter(({ uid }) => startsBefore!.has(uid) || !waited.has(uid))
      .map(({ uid, reason, message }) => ({ ...named(uid), reason, message })),
    preempted: after.preempt
      .filter(({ uid }) => !preempted.has(uid))
      .map(({ uid, byName, reason }) => ({ ...named(uid), by: byName, reason })),
    before: totals(before),
    after: totals(after),
  };
}

function totals({ admit, explain, preempt }: Plan): Totals {
  return { starts: admit.length, waits: explain.uids.length, preempted: preempt.length };
}
