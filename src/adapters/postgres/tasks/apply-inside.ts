/**
 * Applies transitions of tasks within a transaction, with all that follows: dependents come nearer, and those
 * that can not run any more fail, and theirs.
 */
import { dependencyFailed } from '../../../core/job/task.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { AuditStamp } from '../audit/audit-context.ts';
import type { Queryable } from '../database.ts';
import { applyTasks, taskChangeRow } from './apply-tasks.ts';
import { tasksByUid } from './get-tasks.ts';
import { failedDependents } from './notes.ts';
import { releaseTasks } from './release-tasks.ts';
import type { Hints } from './task-submitter.ts';

export interface Applying {
  /** Whom a transition is recorded under. */
  readonly stamp: (transition: Transition) => AuditStamp;
  readonly hints: Hints;
  readonly now: number;
}

export interface Applied {
  readonly uids: ReadonlySet<string>;
  readonly queues: ReadonlySet<string>;
}

export async function applyInside(
  on: Queryable,
  transitions: readonly Transition[],
  by: Applying,
): Promise<Applied> {
  const done = { uids: new Set<string>(), queues: new Set<string>() };
  let next = transitions;
  while (next.length > 0) {
    const rows = next.map((transition) => taskChangeRow({ transition, audit: by.stamp(transition) }));
    const changed = await on.one(applyTasks, { rows, hint: by.hints.text([]) });
    if (!changed) break;
    for (const uid of changed.uids) done.uids.add(uid);
    for (const queue of changed.queues) done.queues.add(queue);
    next = changed.linked.length === 0 ? [] : await follow(on, next, { ...by, linked: changed.linked, done });
  }
  return done;
}

interface Following extends Applying {
  readonly linked: readonly string[];
  readonly done: { readonly queues: Set<string> };
}

/** The dependents that fail because of it. */
async function follow(
  on: Queryable,
  ended: readonly Transition[],
  { linked, done, hints, now }: Following,
): Promise<readonly Transition[]> {
  const good = new Set(ended.filter(({ job }) => job.state.name === 'succeeded').map(({ job }) => job.uid));
  const succeeded = linked.filter((uid) => good.has(uid));
  const others = linked.filter((uid) => !good.has(uid));
  const hopeless = others.length === 0 ? [] : await on.run(failedDependents, others);
  const freed = await on.one(releaseTasks, { succeeded, others, hint: hints.text([]) });
  for (const queue of freed ?? []) done.queues.add(queue);
  if (hopeless.length === 0) return [];
  const names = new Map(ended.map(({ job }) => [job.uid, job.name]));
  const because = new Map(hopeless.map(({ uid, on: other }) => [uid, names.get(other) ?? other]));
  const jobs = await on.run(tasksByUid, [...because.keys()]);
  return jobs.flatMap((job) => {
    const decision = dependencyFailed(job, { name: because.get(job.uid) ?? '', now });
    return decision.kind === 'transition' ? [decision.transition] : [];
  });
}
