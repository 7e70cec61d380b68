/** Tasks by uid or by name, live or ended. A uid holds its time: history before that is not looked at. */
import { statement } from '../statement.ts';
import { ENDED_TASK, LIVE_TASK, type TaskRow, toTask } from './task-row.ts';

/** Clocks of servers differ; ids are made by them, ends are written by others. */
const SLACK_MS = 3_600_000;

/** Epoch milliseconds in a version 7 UUID; 0 of any other. Source: RFC 9562, section 5.7. */
export function timeOf(uid: string): number {
  return uid[14] === '7' ? Number.parseInt(uid.slice(0, 8) + uid.slice(9, 13), 16) : 0;
}

export function since(uids: readonly string[]): number {
  return Math.max(0, Math.min(...uids.map(timeOf)) - SLACK_MS);
}

export const tasksByUid = statement({
  name: 'task_by_uid',
  text: `
    SELECT ${LIVE_TASK} FROM task WHERE uid = ANY ($1::uuid[])
     UNION ALL SELECT ${ENDED_TASK} FROM task_history WHERE uid = ANY ($1::uuid[]) AND ended_at >= $2`,
  values: (uids: readonly string[]) => [uids, since(uids)],
  row: (row: TaskRow) => toTask(row),
});

export const taskByName = statement({
  name: 'task_by_name',
  text: `
    SELECT ${LIVE_TASK} FROM task WHERE project = $1 AND name = $2
     UNION ALL (SELECT ${ENDED_TASK} FROM task_history WHERE project = $1 AND name = $2
                 ORDER BY ended_at DESC LIMIT 1)
     ORDER BY ended_at DESC NULLS FIRST LIMIT 1`,
  values: (named: { project: string; name: string }) => [named.project, named.name],
  row: (row: TaskRow) => toTask(row),
});

/** Live tasks that a rule of the core has something to say of, and ended ones whose time to live is over. */
export const dueTasks = statement({
  name: 'task_due',
  text: `
    (SELECT ${LIVE_TASK}, due_at FROM task WHERE due_at <= $1 AND due_rule ORDER BY due_at LIMIT $2)
     UNION ALL
    (SELECT ${ENDED_TASK}, due_at FROM task_history WHERE due_at <= $1 ORDER BY due_at LIMIT $2)
     ORDER BY due_at LIMIT $2`,
  values: (by: { now: number; limit: number }) => [Math.floor(by.now), by.limit],
  row: (row: TaskRow) => toTask(row),
});

/** What the session of a worker holds, in the order in which it was leased. */
export const tasksOfWorker = statement({
  name: 'task_of_worker',
  text: `SELECT ${LIVE_TASK} FROM task WHERE worker = $1::uuid ORDER BY started_at, uid LIMIT $2`,
  values: (of: { worker: string; limit: number }) => [of.worker, of.limit],
  row: (row: TaskRow) => toTask(row),
});

export const removeTask = statement({
  name: 'task_remove',
  text: `
    WITH removed AS (DELETE FROM task_history WHERE uid = $1 RETURNING uid),
    unlogged AS (DELETE FROM task_log WHERE uid IN (SELECT uid FROM removed))
    SELECT uid FROM removed`,
  values: (uid: string) => [uid],
  row: (): true => true,
});
