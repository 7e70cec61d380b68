/** Workers' sessions: what is written and read of them. Time is the database's, so that servers need not agree on theirs. */
import type { QueryResultRow } from 'pg';
import type { KnownWorker, WorkerRecord } from '../../../ports/worker-store.ts';
import { statement } from '../statement.ts';

const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

interface WorkerRow extends QueryResultRow {
  readonly id: string;
  readonly name: string;
  readonly principal: string;
  readonly replica: string;
  readonly queues: readonly string[];
  readonly handlers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly client: string | null;
  readonly concurrency: number;
  readonly since: number;
  readonly heard_at: number;
  readonly silent: number;
  readonly held: number;
}

/** Made, or taken over by whoever shows its id and is the same principal. */
export const putWorker = statement({
  name: 'worker_put',
  text: `
    INSERT INTO worker AS w (id, name, principal, replica, queues, handlers, labels, client, concurrency, since, heard_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${NOW}, ${NOW})
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, replica = EXCLUDED.replica, queues = EXCLUDED.queues,
      handlers = EXCLUDED.handlers, labels = EXCLUDED.labels, client = EXCLUDED.client,
      concurrency = EXCLUDED.concurrency, heard_at = EXCLUDED.heard_at
     WHERE w.principal = EXCLUDED.principal
    RETURNING id`,
  values: (w: WorkerRecord) => [
    w.id,
    w.name,
    w.principal,
    w.replica,
    w.queues,
    w.handlers,
    JSON.stringify(w.labels),
    w.client ?? null,
    w.concurrency,
  ],
  row: (): true => true,
});

/** Answers those that are this replica's still. */
export const hearWorkers = statement({
  name: 'worker_hear',
  text: `
    UPDATE worker SET heard_at = ${NOW}
     WHERE id = ANY ($1::uuid[]) AND replica = $2 RETURNING id`,
  values: (of: { ids: readonly string[]; replica: string }) => [of.ids, of.replica],
  row: ({ id }: { id: string }) => id,
  unaudited: 'that a worker is heard is no change',
});

/**
 * A turn that was under way while its worker was removed can leave a lease that nobody holds: its worker is
 * answered as well, with what is known of it.
 */
export const silentWorkers = statement({
  name: 'worker_silent',
  text: `
    (SELECT w.*, ${NOW} - heard_at AS silent, 0 AS held FROM worker w
      WHERE heard_at < ${NOW} - $1::bigint ORDER BY heard_at LIMIT $2)
    UNION ALL
    (SELECT t.worker, t.worker::text, '', '', '{}', '{}', '{}', NULL, 0, 0, 0, $1::bigint, 0
       FROM (SELECT DISTINCT worker FROM task WHERE worker IS NOT NULL) t
      WHERE NOT EXISTS (SELECT FROM worker w WHERE w.id = t.worker) LIMIT $2)`,
  values: (by: { leaseMs: number; limit: number }) => [by.leaseMs, by.limit],
  row: toWorker,
});

export const removeWorker = statement({
  name: 'worker_remove',
  text: `
    DELETE FROM worker WHERE id = $1 AND heard_at < ${NOW} - $2 AND NOT EXISTS (SELECT FROM task WHERE worker = $1)
    RETURNING id`,
  values: (of: { id: string; silentMs: number }) => [of.id, of.silentMs],
  row: (): true => true,
});

export const getWorker = statement({
  name: 'worker_get',
  text: 'SELECT w.*, 0 AS silent, 0 AS held FROM worker w WHERE id = $1',
  values: (id: string) => [id],
  row: toWorker,
});

export const listWorkers = statement({
  name: 'worker_list',
  text: `
    SELECT w.*, ${NOW} - heard_at AS silent, (SELECT count(*) FROM task t WHERE t.worker = w.id) AS held
      FROM worker w ORDER BY since, id`,
  values: (_: undefined) => [],
  row: toWorker,
});

function toWorker(row: WorkerRow): KnownWorker {
  const { id, name, principal, replica, queues, handlers, labels, client, concurrency, since } = row;
  const more = { client: client ?? undefined, silentMs: Math.max(0, row.silent), held: row.held };
  return { id, name, principal, replica, queues, handlers, labels, concurrency, since, ...more };
}
