/** What a worker says of a lease while it holds it. */

import type { TaskNote } from '../../../ports/task-store.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { nothing, statement } from '../statement.ts';

interface Noting {
  readonly notes: readonly TaskNote[];
  readonly now: number;
}

/** Progress stands in no index: the row is updated in place where its page has room. */
export const noteProgress = statement<Noting, never, void>({
  name: 'task_progress',
  text: `
    UPDATE task t SET progress = n.progress
      FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::jsonb[]) AS n (uid, attempt, worker, progress)
     WHERE t.uid = n.uid AND t.fence = n.attempt AND t.worker = n.worker`,
  values: ({ notes }) => [
    notes.map(({ uid }) => uid),
    notes.map(({ attempt }) => attempt),
    notes.map(({ worker }) => worker),
    notes.map(({ progress }) => jsonText(progress)),
  ],
  row: nothing,
  unaudited: 'progress is what the task says of itself, not a change of it',
});

export const noteLines = statement<Noting, never, void>({
  name: 'task_lines',
  text: `
    INSERT INTO task_log (uid, attempt, at, lines)
    SELECT n.uid, n.attempt, $5::bigint, ARRAY(SELECT jsonb_array_elements_text(n.lines))
      FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::jsonb[]) AS n (uid, attempt, worker, lines)
     WHERE EXISTS (SELECT FROM task t WHERE t.uid = n.uid AND t.fence = n.attempt AND t.worker = n.worker)`,
  values: ({ notes, now }) => [
    notes.map(({ uid }) => uid),
    notes.map(({ attempt }) => attempt),
    notes.map(({ worker }) => worker),
    notes.map(({ lines }) => jsonText((lines ?? []).map(cleanText))),
    Math.ceil(now),
  ],
  row: nothing,
  unaudited: 'the log of a task is product data',
});

interface LogRow {
  readonly attempt: number;
  readonly seq: number;
  readonly at: number;
  readonly lines: readonly string[];
}

export const taskLog = statement({
  name: 'task_log_read',
  text: `
    SELECT attempt, seq, at, lines FROM task_log
     WHERE uid = $1::uuid AND (attempt, seq) > ($2, $3) ORDER BY attempt, seq LIMIT $4`,
  values: (of: { uid: string; attempt: number; seq: number; limit: number }) => [
    of.uid,
    of.attempt,
    of.seq,
    of.limit,
  ],
  row: ({ attempt, seq, at, lines }: LogRow): LogRow => ({ attempt, seq, at, lines }),
});

/** Of tasks whose history is dropped as well. */
export const dropTaskLogs = statement({
  name: 'task_drop_logs',
  text: 'DELETE FROM task_log WHERE at < $1',
  values: (before: number) => [Math.floor(before)],
  row: nothing,
  unaudited: 'retention is as configured',
});

interface DependencyRow {
  readonly dependent: string;
  readonly on_uid: string;
}

export const dependenciesOf = statement({
  name: 'task_dependencies',
  text: `
    SELECT dependent, on_uid FROM task_dependency
     WHERE dependent = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR on_uid = $2) ORDER BY dependent, place`,
  values: ({ uids, only }: { uids: readonly string[]; only?: string | undefined }) => [uids, only],
  row: (row: DependencyRow): DependencyRow => row,
});

/** Dependents whose dependency did not succeed, and that do not run in spite of it. */
export const failedDependents = statement({
  name: 'task_failed_dependents',
  text: `
    SELECT DISTINCT ON (t.uid) t.uid, d.on_uid FROM task_dependency d JOIN task t ON t.uid = d.dependent
     WHERE d.on_uid = ANY ($1::uuid[]) AND t.state_name IN ('pending', 'backoff', 'suspended')
       AND t.spec #>> '{task,onDependencyFailure}' IS DISTINCT FROM 'run'
     ORDER BY t.uid`,
  values: (uids: readonly string[]) => [uids],
  row: ({ uid, on_uid }: { uid: string; on_uid: string }) => ({ uid, on: on_uid }),
});
