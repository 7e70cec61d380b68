/**
 * The turn of a dispatcher: what workers completed is recorded and what they have room for is leased, in
 * one statement and one commit.
 *
 * Completing is a compare-and-set on (uid, attempt, worker): a report of another lease finds no row. What is
 * `linked` (others wait for it, or its key is unique) is left to `apply-tasks.ts`: its end has consequences that
 * must see what was committed after this statement began.
 *
 * Leasing reads each lane (queue, handler, fair key) from its head in `task_ready` and skips what another
 * replica is about to take. It takes no more than the slice of the queue leaves room for. A limited slice
 * is locked by the transaction before this statement begins (see `task-dispatch.ts`), so that two replicas
 * never count the same room twice; of one that is not locked nothing is taken.
 */
import type { QueryResultRow } from 'pg';
import type { LaneDemand, LeasedTask, Slot, TaskSuccess, TurnOutcome } from '../../../ports/task-store.ts';
import type { AuditSpeaker } from '../audit/audit-context.ts';
import { CHANNELS } from '../channels.ts';
import { statement } from '../statement.ts';
import { ENDED, ENDED_VALUES } from './ended.ts';
import { Speakers } from './speakers.ts';
import { column, joined } from './text-arrays.ts';
import { auditOf, blocksOf } from './told.ts';

export interface Turn {
  readonly done: readonly (TaskSuccess & { readonly audit: AuditSpeaker })[];
  readonly demands: readonly LaneDemand[];
  readonly slots: readonly (Slot & { readonly audit: AuditSpeaker })[];
  /** The slices of these queues are locked by this transaction. */
  readonly locked: readonly string[];
  readonly now: number;
}

/** The first row says what was recorded; each other one is a lease. */
interface TurnRow extends QueryResultRow {
  readonly recorded: string | null;
  readonly uid: string | null;
  readonly name: string | null;
  readonly project: string;
  readonly queue: string;
  readonly handler: string;
  readonly fair_key: string;
  readonly fence: number;
  readonly worker: string;
  readonly payload: string | null;
  readonly payload_bytes: number | null;
  readonly timeout_ms: number | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly traceparent: string | null;
  readonly dependent: boolean;
}

const NOW = '$17::bigint';

const DONE = `
  SELECT * FROM unnest(${column(1, 'uuid')}, ${column(2, 'integer')}, ${column(3, 'uuid')}, ${column(4, 'text')},
    ${column(5, 'integer')}, ${column(6, 'integer')}) AS d (uid, fence, worker, result, result_bytes, who)`;

/** `base` and `places`: which of the slots are of the demand's profile. */
const DEMAND = `
  SELECT profile, queue, handler, coalesce(fair_key, '') AS fair_key, want, base, places
    FROM unnest(${column(7, 'integer')}, ${column(8, 'text')}, ${column(9, 'text')}, ${column(10, 'text')},
    ${column(11, 'integer')}, ${column(12, 'integer')}, ${column(13, 'integer')})
      AS d (profile, queue, handler, fair_key, want, base, places)`;

/** Read by number rather than joined: a join of a thousand slots with a thousand tasks was most of the statement. */
const SLOTS = `SELECT ${column(14, 'uuid')} AS workers, ${column(15, 'integer')} AS whos`;

/** Room left in the queues of the demand. What this very statement completes still counts in its snapshot. */
const ROOM = `
  SELECT s.queue,
         CASE WHEN s.slots IS NULL THEN 1000000
              WHEN NOT s.queue = ANY ($16::text[]) THEN 0
              ELSE s.slots + (SELECT count(*) FROM gone g WHERE g.queue = s.queue)
                - (SELECT count(*) FROM task t WHERE t.queue = s.queue AND t.worker IS NOT NULL)
         END AS room
    FROM task_slice s WHERE s.queue IN (SELECT queue FROM demand)`;

const PICKED = `
  SELECT DISTINCT ON (c.uid) c.uid, c.order_key, d.profile, d.base, d.places, d.queue, r.room
    FROM demand d JOIN room r ON r.queue = d.queue AND r.room > 0
   CROSS JOIN LATERAL (
     SELECT t.uid, t.order_key FROM task t
      WHERE t.queue = d.queue AND t.handler = d.handler AND t.fair_key = d.fair_key
        AND t.state_name = 'pending' AND t.blocked IS NULL
      ORDER BY t.order_key, t.uid LIMIT least(d.want, r.room) FOR UPDATE SKIP LOCKED) AS c
   ORDER BY c.uid`;

const CHOSEN = `
  SELECT uid, (SELECT workers FROM slots)[base + place] AS worker, (SELECT whos FROM slots)[base + place] AS who
    FROM (SELECT uid, base, places, room, row_number() OVER (PARTITION BY queue ORDER BY order_key, uid) AS in_queue,
                 row_number() OVER (PARTITION BY profile ORDER BY order_key, uid) AS place
            FROM picked) AS p
   WHERE place <= places AND in_queue <= room`;

const LEASED = `
  UPDATE task t SET state_name = 'running', state = NULL, worker = c.worker, fence = t.fence + 1,
    version = t.version + 1, started_at = ${NOW}, progress = NULL,
    due_at = CASE WHEN t.due_rule OR t.timeout_ms IS NOT NULL THEN least(
      ${NOW} + t.timeout_ms, t.created_at + (t.spec ->> 'deadlineMs')::bigint) END,
    due_rule = t.due_rule OR t.timeout_ms IS NOT NULL
    FROM chosen c WHERE t.uid = c.uid
  RETURNING t.uid, t.name, t.project, t.queue, t.handler, t.fair_key, t.fence, t.worker, t.payload,
    t.payload_bytes, t.timeout_ms, t.labels, t.spec ->> 'traceparent' AS traceparent,
    coalesce(t.spec -> 'task' ? 'after', false) AS dependent, c.who`;

const CHANGED = `
  SELECT uid, name, project, who, 'succeeded' AS state_name, 'Completed' AS reason,
         'attempt ' || fence || ' succeeded' AS message FROM gone
  UNION ALL
  SELECT uid, name, project, who, 'running', 'Started', 'attempt ' || fence || ' was handed to a worker' FROM leased`;

export const turn = statement<Turn, TurnRow, readonly string[] | LeasedTask>({
  name: 'task_turn',
  text: `
    WITH speakers AS MATERIALIZED (SELECT * FROM ${Speakers.of(18)}),
    done AS MATERIALIZED (${DONE}),
    gone AS MATERIALIZED (
      DELETE FROM task t USING done d
       WHERE t.uid = d.uid AND t.fence = d.fence AND t.worker = d.worker AND t.state_name = 'running' AND NOT t.linked
      RETURNING ${ENDED_VALUES}, d.result, d.result_bytes, d.who, t.gate
    ), kept AS (${ENDED} SELECT g.uid, project, name, queue, handler, fair_key, type, priority, 'succeeded',
        created_at, started_at, ${NOW}, ${NOW} + (spec ->> 'ttlAfterFinishedMs')::bigint, fence, version + 1, worker,
        submitted_by, payload, payload_bytes, result, result_bytes, labels, spec, NULL, charges, attempts, progress
        FROM gone g
    ), demand AS MATERIALIZED (${DEMAND}),
    slots AS MATERIALIZED (${SLOTS}),
    room AS MATERIALIZED (${ROOM}),
    picked AS MATERIALIZED (${PICKED}),
    chosen AS MATERIALIZED (${CHOSEN}),
    leased AS MATERIALIZED (${LEASED}),
    changed AS MATERIALIZED (${CHANGED}),
    told AS (${blocksOf('changed', NOW)}),
    audited AS (${auditOf('changed', NOW, `CASE c.state_name WHEN 'running' THEN 'task.lease' ELSE w.operation END`)}),
    signals AS MATERIALIZED (
      SELECT pg_notify('${CHANNELS.gate}', '') WHERE EXISTS (SELECT FROM gone WHERE gate IS NOT NULL))
    SELECT (SELECT string_agg(uid::text, ',') FROM gone) AS recorded, NULL::uuid AS uid, NULL AS name, NULL AS project,
           NULL AS queue, NULL AS handler, NULL AS fair_key, (SELECT count(*) FROM signals)::integer AS fence,
           NULL::uuid AS worker, NULL AS payload, NULL::integer AS payload_bytes, NULL::integer AS timeout_ms,
           NULL::jsonb AS labels, NULL AS traceparent, false AS dependent
     UNION ALL
    SELECT NULL, uid, name, project, queue, handler, fair_key, fence, worker, payload, payload_bytes, timeout_ms,
           labels, traceparent, dependent FROM leased`,
  values: ({ done, demands, slots, locked, now }) => {
    const speakers = new Speakers();
    const doneBy = done.map(({ audit }) => speakers.indexOf(audit));
    const ranges = rangesOf(slots);
    const slotsBy = slots.map(({ audit }) => speakers.indexOf(audit));
    return [
      joined(done.map(({ uid }) => uid)),
      joined(done.map(({ attempt }) => attempt)),
      joined(done.map(({ worker }) => worker)),
      joined(done.map(({ result }) => result)),
      joined(done.map(({ resultBytes }) => resultBytes)),
      joined(doneBy),
      joined(demands.map(({ profile }) => profile)),
      joined(demands.map(({ queue }) => queue)),
      joined(demands.map(({ handler }) => handler)),
      joined(demands.map(({ fairKey }) => fairKey)),
      joined(demands.map(({ want }) => want)),
      joined(demands.map(({ profile }) => ranges.get(profile)?.base ?? 0)),
      joined(demands.map(({ profile }) => ranges.get(profile)?.places ?? 0)),
      joined(slots.map(({ worker }) => worker)),
      joined(slotsBy),
      locked,
      Math.ceil(now),
      ...speakers.values(),
    ];
  },
  row: (row) => (row.uid === null ? (row.recorded?.split(',') ?? []) : leasedTask(row, row.uid)),
  unaudited: 'it inserts its records itself',
});

function leasedTask(row: TurnRow, uid: string): LeasedTask {
  return {
    uid,
    attempt: row.fence,
    name: row.name ?? uid,
    project: row.project,
    queue: row.queue,
    handler: row.handler,
    fairKey: row.fair_key,
    worker: row.worker,
    payload: row.payload ?? undefined,
    payloadBytes: row.payload_bytes ?? undefined,
    timeoutMs: row.timeout_ms ?? undefined,
    labels: row.labels ?? undefined,
    traceparent: row.traceparent ?? undefined,
    dependent: row.dependent,
  };
}

export function turnOutcome(rows: readonly (readonly string[] | LeasedTask)[]): TurnOutcome {
  const [recorded, ...leased] = rows;
  return {
    recorded: new Set(Array.isArray(recorded) ? recorded : []),
    leased: leased.filter((row): row is LeasedTask => !Array.isArray(row)),
  };
}

/** Slots of one profile stand together. */
function rangesOf(slots: readonly Slot[]): Map<number, { base: number; places: number }> {
  const ranges = new Map<number, { base: number; places: number }>();
  slots.forEach(({ profile }, index) => {
    const range = ranges.get(profile);
    if (range) range.places += 1;
    else ranges.set(profile, { base: index, places: 1 });
  });
  return ranges;
}
