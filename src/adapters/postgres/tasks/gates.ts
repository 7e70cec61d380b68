/** The gates at which tasks wait, and their opening. */
import type { QueryResultRow } from 'pg';
import type { Gate, GateLimits, GateOpening } from '../../../core/scheduling/gates.ts';
import { CHANNELS } from '../channels.ts';
import { statement } from '../statement.ts';

interface GateRow extends QueryResultRow {
  readonly queue: string;
  readonly gate: string;
  readonly limits: GateLimits;
  readonly running: number;
  readonly tat: number | null;
}

export interface GateWalk {
  readonly after?: { readonly queue: string; readonly gate: string } | undefined;
  readonly limit: number;
}

const WAITING = `blocked = 'gate' AND state_name = 'pending'`;

/**
 * A walk through `task_gated` that skips from gate to gate. What has passed is counted over all gates of
 * the concurrency key: they are few, and `task_gate_open` has only what is ready or leased.
 */
export const gatesWaiting = statement<GateWalk, GateRow, Gate>({
  name: 'task_gates_waiting',
  text: `
    WITH RECURSIVE waiting AS (
      (SELECT queue, gate FROM task WHERE ${WAITING} AND (queue, gate) > ($1, $2) ORDER BY queue, gate LIMIT 1)
      UNION ALL
      SELECT n.* FROM waiting w CROSS JOIN LATERAL (
        SELECT queue, gate FROM task WHERE ${WAITING} AND (queue, gate) > (w.queue, w.gate)
         ORDER BY queue, gate LIMIT 1) AS n
    ), those AS MATERIALIZED (SELECT * FROM waiting LIMIT $3)
    SELECT g.queue, g.gate, g.limits, r.tat,
           CASE WHEN g.limits ? 'concurrency' THEN (
             SELECT count(*) FROM task_gate o
               JOIN task t ON t.queue = o.queue AND t.gate = o.gate AND t.blocked IS NULL
                AND t.gate IS NOT NULL AND t.state_name IN ('pending', 'running', 'stopping')
              WHERE o.queue = g.queue AND o.limits #>> '{concurrency,key}' = g.limits #>> '{concurrency,key}'
           ) ELSE 0 END AS running
      FROM those JOIN task_gate g USING (queue, gate)
      LEFT JOIN task_rate r ON r.queue = g.queue AND r.key = g.limits #>> '{rate,key}'
     ORDER BY g.queue, g.gate`,
  values: ({ after, limit }) => [after?.queue ?? '', after?.gate ?? '', limit],
  row: ({ queue, gate, limits, running, tat }) => ({ queue, gate, limits, running, tat: tat ?? undefined }),
});

interface Opening {
  readonly openings: readonly GateOpening[];
  readonly now: number;
  readonly hint: string;
}

interface OpenedRow extends QueryResultRow {
  readonly queues: readonly string[] | null;
}

/** Fewer may have been waiting than may pass: what did not pass gives its share of the rate back. */
export const openGates = statement<Opening, OpenedRow, readonly string[]>({
  name: 'task_gates_open',
  text: `
    WITH opening AS MATERIALIZED (
      SELECT o.* FROM unnest($1::jsonb[]) AS given (body),
        jsonb_to_record(given.body) AS o (queue text, gate text, many integer, key text, tat bigint, cell bigint)
    ), passing AS MATERIALIZED (
      SELECT p.uid, o.queue, o.gate FROM opening o CROSS JOIN LATERAL (
        SELECT uid FROM task t WHERE t.queue = o.queue AND t.gate = o.gate AND t.blocked = 'gate'
           AND t.state_name = 'pending' ORDER BY t.order_key, t.uid LIMIT o.many FOR UPDATE SKIP LOCKED) AS p
    ), passed AS (
      UPDATE task t SET blocked = NULL FROM passing p WHERE t.uid = p.uid AND t.blocked = 'gate' RETURNING t.uid
    ), rated AS (
      INSERT INTO task_rate (queue, key, tat)
      SELECT o.queue, o.key, max(o.tat - o.cell * (o.many -
               (SELECT count(*) FROM passing p WHERE p.queue = o.queue AND p.gate = o.gate)))
        FROM opening o WHERE o.key IS NOT NULL GROUP BY o.queue, o.key
      ON CONFLICT (queue, key) DO UPDATE SET tat = EXCLUDED.tat
    ), signals AS MATERIALIZED (
      SELECT pg_notify('${CHANNELS.task}', $2::text || E'\\n' || string_agg(DISTINCT queue, E'\\n'))
        FROM passing HAVING count(*) > 0)
    SELECT array_agg(DISTINCT queue) AS queues, (SELECT count(*) FROM signals) AS signals,
           (SELECT count(*) FROM passed) AS passed FROM passing`,
  values: ({ openings, hint }) => [openings.map(openingRow), hint],
  row: ({ queues }) => queues ?? [],
  unaudited: 'that a task passes a limit was asked for when it was submitted',
});

function openingRow({ queue, gate, many, rate }: GateOpening): string {
  return JSON.stringify({ queue, gate, many, key: rate?.key, tat: rate?.tat, cell: rate?.cellUs });
}
