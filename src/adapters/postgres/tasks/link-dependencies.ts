/** Ties tasks to those that they wait for, within the transaction that stores them. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Queryable } from '../database.ts';
import { isUid } from '../uid.ts';
import { tasksByUid } from './get-tasks.ts';
import {
  bindTasks,
  type Dependency,
  insertDependencies,
  resolveNames,
  setWaits,
  type Waits,
} from './link-tasks.ts';

/** A dependent whose dependency has ended otherwise than well, and that does not run in spite of it. */
export interface Hopeless {
  readonly job: Job;
  /** Of the dependency. */
  readonly name: string;
}

/** @throws Refused `task.unknown_dependency` */
export async function linkDependencies(
  on: Queryable,
  dependents: readonly Job[],
): Promise<readonly Hopeless[]> {
  const failed: Hopeless[] = [];
  for (const [project, jobs] of byProject(dependents)) {
    const uids = await resolve(on, project, jobs);
    const refs = jobs.flatMap(({ spec }) => spec.task?.after ?? []);
    const known = await look(on, project, [...new Set(refs.map((ref) => uids.get(ref) ?? ref))]);
    const links: Dependency[] = [];
    const waits: Waits[] = [];
    for (const job of jobs) {
      const { after, onDependencyFailure } = job.spec.task ?? { after: [], onDependencyFailure: 'fail' };
      const others = [...new Set(after.map((ref) => uids.get(ref) ?? ref))];
      const states = others.map((uid) => known.get(uid) ?? unknown(project, uid));
      links.push(...others.map((uid, place) => ({ dependent: job.uid, place, on: uid })));
      waits.push({ uid: job.uid, waits: states.filter(({ live }) => live).length });
      const bad = states.find(({ live, succeeded }) => !live && !succeeded);
      if (bad && onDependencyFailure === 'fail') failed.push({ job, name: bad.name });
    }
    await on.run(insertDependencies, links);
    await on.run(setWaits, waits);
  }
  return failed;
}

function byProject(jobs: readonly Job[]): Map<string, Job[]> {
  const found = new Map<string, Job[]>();
  for (const job of jobs) {
    const others = found.get(job.project);
    if (others) others.push(job);
    else found.set(job.project, [job]);
  }
  return found;
}

async function resolve(on: Queryable, project: string, jobs: readonly Job[]): Promise<Map<string, string>> {
  const names = new Set(jobs.flatMap(({ spec }) => spec.task?.after ?? []).filter((ref) => !isUid(ref)));
  const uids = new Map<string, string>();
  if (names.size === 0) return uids;
  for (const { ref, uid } of await on.run(resolveNames, { project, names: [...names] })) {
    if (uid === null) throw unknown(project, ref);
    uids.set(ref, uid);
  }
  return uids;
}

interface Known {
  readonly live: boolean;
  readonly succeeded: boolean;
  readonly name: string;
}

/** Live ones first, which locks them; what is not live any more is in the history by then. */
async function look(on: Queryable, project: string, uids: readonly string[]): Promise<Map<string, Known>> {
  const live = new Set(await on.run(bindTasks, { project, uids }));
  const known = new Map<string, Known>();
  for (const uid of live) known.set(uid, { live: true, succeeded: false, name: uid });
  const ended = uids.filter((uid) => !live.has(uid));
  if (ended.length === 0) return known;
  for (const job of await on.run(tasksByUid, ended)) {
    if (job.project !== project) continue;
    known.set(job.uid, { live: false, succeeded: job.state.name === 'succeeded', name: job.name });
  }
  return known;
}

function unknown(project: string, ref: string): never {
  throw new Refused('task.unknown_dependency', { project, ref });
}
