/**
 * The submission of tasks that are not alone: with a name, a key that is unique, or tasks that they wait for.
 * The steps of one transaction; each is a statement over all of them.
 */
import type { QueryResultRow } from 'pg';
import { CHANNELS } from '../channels.ts';
import { nothing, statement } from '../statement.ts';
import { Speakers } from './speakers.ts';
import { INSERT_TASK, type NewTask, SUBMITTED, submittedColumns } from './task-columns.ts';
import { auditOf, blocksOf } from './told.ts';

interface UidRow extends QueryResultRow {
  readonly uid: string;
}

const uidOf = ({ uid }: UidRow) => uid;

/** Those whose idempotency key is new. */
export const claimKeys = statement<readonly NewTask[], UidRow, string>({
  name: 'task_claim_keys',
  text: `
    INSERT INTO idempotency_key (principal, key, digest, uid, created_at)
    SELECT k.* FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[])
      AS k (principal, key, digest, uid, created_at) ORDER BY principal, key
    ON CONFLICT DO NOTHING RETURNING uid`,
  values: (tasks) => [
    tasks.map(({ once }) => once?.principal),
    tasks.map(({ once }) => once?.key),
    tasks.map(({ once }) => once?.digest),
    tasks.map(({ job }) => job.uid),
    tasks.map(({ job }) => Math.ceil(job.createdAt)),
  ],
  row: uidOf,
  unaudited: 'the submission that it belongs to is recorded',
});

/** Those whose unique key nobody has, or nobody any more. */
export const claimUnique = statement<readonly NewTask[], UidRow, string>({
  name: 'task_claim_unique',
  text: `
    INSERT INTO task_unique AS u (project, queue, key, uid, until)
    SELECT k.project, k.queue, k.key, k.uid, k.at + k.window_ms
      FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[])
      AS k (project, queue, key, uid, at, window_ms) ORDER BY project, queue, key
    ON CONFLICT (project, queue, key) DO UPDATE SET uid = EXCLUDED.uid, until = EXCLUDED.until
     WHERE u.until <= $7
    RETURNING uid`,
  values: (tasks) => [
    tasks.map(({ job }) => job.project),
    tasks.map(({ job }) => job.spec.queue),
    tasks.map(({ job }) => job.spec.task?.unique?.key),
    tasks.map(({ job }) => job.uid),
    tasks.map(({ job }) => Math.ceil(job.createdAt)),
    tasks.map(({ job }) => job.spec.task?.unique?.windowMs),
    Math.floor(Math.min(...tasks.map(({ job }) => job.createdAt))),
  ],
  row: uidOf,
  unaudited: 'the submission that it belongs to is recorded',
});

interface Inserting {
  readonly tasks: readonly NewTask[];
  readonly now: number;
  readonly hint: string;
}

const NOW = '$29::bigint';

/** Those whose name is free, among tasks and jobs. */
export const insertLinked = statement<Inserting, UidRow, string>({
  name: 'task_insert_linked',
  text: `
    WITH speakers AS MATERIALIZED (SELECT * FROM ${Speakers.of(25)}),
    input AS MATERIALIZED (
      SELECT * FROM (${SUBMITTED}) AS s
       WHERE s.name IS NULL OR NOT EXISTS (SELECT FROM job j WHERE j.project = s.project AND j.name = s.name)
    ), stored AS MATERIALIZED (
      ${INSERT_TASK} FROM input ORDER BY project, name
      ON CONFLICT (project, name) WHERE name IS NOT NULL DO NOTHING RETURNING uid
    ), changed AS MATERIALIZED (
      SELECT uid, name, project, who, 'pending' AS state_name, 'Submitted' AS reason,
             'submitted by ' || principal || ', queued in ' || queue || ' with priority ' || priority AS message
        FROM input WHERE (uid IN (SELECT uid FROM stored)) IS TRUE
    ), told AS (${blocksOf('changed', NOW)}),
    audited AS (${auditOf('changed', NOW)}),
    signals AS MATERIALIZED (
      SELECT pg_notify('${CHANNELS.task}', $30::text)
      UNION ALL SELECT pg_notify('${CHANNELS.gate}', '') WHERE EXISTS (SELECT FROM input WHERE gate IS NOT NULL))
    SELECT uid, (SELECT count(*) FROM signals) AS signals FROM stored`,
  values: ({ tasks, now, hint }) => [...submittedColumns(tasks), Math.ceil(now), hint],
  row: uidOf,
  unaudited: 'it inserts its records itself',
});

/** What was claimed for tasks that were not stored after all. */
export const unclaim = statement<readonly string[], never, void>({
  name: 'task_unclaim',
  text: `
    WITH keys AS (DELETE FROM idempotency_key WHERE uid = ANY ($1::uuid[]))
    DELETE FROM task_unique WHERE uid = ANY ($1::uuid[])`,
  values: (uids) => [uids],
  row: nothing,
  unaudited: 'nothing of it was stored',
});

export interface Resolved {
  readonly ref: string;
  readonly uid: string;
}

/** Tasks of a project by the names that others give them: the live one, else the one that ended last. */
export const resolveNames = statement<
  { project: string; names: readonly string[] },
  Resolved & QueryResultRow,
  Resolved
>({
  name: 'task_resolve_names',
  text: `
    SELECT n.name AS ref, coalesce(
        (SELECT t.uid FROM task t WHERE t.project = $1 AND t.name = n.name),
        (SELECT h.uid FROM task_history h WHERE h.project = $1 AND h.name = n.name ORDER BY h.ended_at DESC LIMIT 1)
      ) AS uid
      FROM unnest($2::text[]) AS n (name)`,
  values: ({ project, names }) => [project, names],
  row: ({ ref, uid }) => ({ ref, uid }),
});

/** Locks the live ones: none of them ends until what depends on it is stored. */
export const bindTasks = statement<{ project: string; uids: readonly string[] }, UidRow, string>({
  name: 'task_bind',
  text: `
    WITH locked AS MATERIALIZED (
      SELECT uid FROM task WHERE uid = ANY ($2::uuid[]) AND project = $1 ORDER BY uid FOR NO KEY UPDATE)
    UPDATE task t SET linked = true FROM locked WHERE t.uid = locked.uid RETURNING t.uid`,
  values: ({ project, uids }) => [project, uids],
  row: uidOf,
  unaudited: 'the submission that it belongs to is recorded',
});

export interface Dependency {
  readonly dependent: string;
  readonly place: number;
  readonly on: string;
}

export const insertDependencies = statement<readonly Dependency[], never, void>({
  name: 'task_insert_dependencies',
  text: `
    INSERT INTO task_dependency (dependent, place, on_uid)
    SELECT * FROM unnest($1::uuid[], $2::integer[], $3::uuid[]) ON CONFLICT DO NOTHING`,
  values: (all) => [
    all.map(({ dependent }) => dependent),
    all.map(({ place }) => place),
    all.map(({ on }) => on),
  ],
  row: nothing,
  unaudited: 'the submission that it belongs to is recorded',
});

export interface Waits {
  readonly uid: string;
  readonly waits: number;
}

/** How many it waits for is known now; until here it was blocked by tasks in any case. */
export const setWaits = statement<readonly Waits[], never, void>({
  name: 'task_set_waits',
  text: `
    UPDATE task t SET waits = w.waits, linked = true,
      blocked = CASE WHEN t.blocked <> 'tasks' OR w.waits > 0 THEN t.blocked
                     WHEN t.gate IS NOT NULL THEN 'gate' END
      FROM unnest($1::uuid[], $2::integer[]) AS w (uid, waits) WHERE t.uid = w.uid`,
  values: (all) => [all.map(({ uid }) => uid), all.map(({ waits }) => waits)],
  row: nothing,
  unaudited: 'the submission that it belongs to is recorded',
});

/** The newest limits of a gate hold. */
export const putGates = statement<readonly NewTask[], never, void>({
  name: 'task_put_gates',
  text: `
    INSERT INTO task_gate AS g (queue, gate, limits, used_at)
    SELECT DISTINCT ON (queue, gate) * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::bigint[])
      AS n (queue, gate, limits, at) ORDER BY queue, gate, at DESC
    ON CONFLICT (queue, gate) DO UPDATE SET limits = EXCLUDED.limits, used_at = EXCLUDED.used_at
     WHERE g.limits <> EXCLUDED.limits OR g.used_at < EXCLUDED.used_at - 3600000`,
  values: (tasks) => [
    tasks.map(({ job }) => job.spec.queue),
    tasks.map(({ gate }) => gate),
    tasks.map(({ job: { spec } }) =>
      JSON.stringify({ concurrency: spec.task?.concurrency, rate: spec.task?.rate }),
    ),
    tasks.map(({ job }) => Math.ceil(job.createdAt)),
  ],
  row: nothing,
  unaudited: 'the submission that it belongs to is recorded',
});
