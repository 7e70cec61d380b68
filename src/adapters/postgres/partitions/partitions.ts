/**
 * Makes partitions ahead of time and drops old ones. A late one is no accident: rows stand in the
 * DEFAULT partition until theirs is made, and move over with it.
 *
 * The SQL here is DDL, which takes no parameters: it is put together from the names below and from numbers.
 */
import type { QueryResultRow } from 'pg';
import type { Database, Queryable } from '../database.ts';
import { LAST_SEQ } from '../events/blocks.ts';
import { nothing, statement } from '../statement.ts';
import { codeOf } from '../unavailable.ts';
import { beginOf, type Period, type PeriodKind, partitionName, periodOf } from './period.ts';

export type PartitionedTable = 'job_history' | 'event' | 'task_history' | 'event_block';

interface Partitioning {
  readonly column: string;
  readonly kind: PeriodKind;
  /** Periods that are made ahead; one behind, for what ends late or was told late. */
  readonly ahead: number;
}

const PARTITIONING: Readonly<Record<PartitionedTable, Partitioning>> = {
  job_history: { column: 'ended_at', kind: 'month', ahead: 2 },
  event: { column: 'at', kind: 'week', ahead: 4 },
  task_history: { column: 'ended_at', kind: 'week', ahead: 4 },
  event_block: { column: 'at', kind: 'week', ahead: 4 },
};

const TABLES = Object.keys(PARTITIONING) as readonly PartitionedTable[];

/** Two servers at once: one makes them, the other finds them. */
const LOCK = `
  SET LOCAL lock_timeout = '5s';
  SELECT pg_advisory_xact_lock(1254867220)`;

const LOCK_NOT_AVAILABLE = '55P03';

const listPartitions = statement({
  name: 'partition_list',
  text: `
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = $1::regclass ORDER BY c.relname`,
  values: (table: PartitionedTable) => [table],
  row: (row: QueryResultRow & { name: string }) => row.name,
});

/** What was dropped last: readers that stand before it have a gap. */
const noteDropped = (from: string) =>
  statement({
    text: `
      UPDATE meta SET (dropped_xid, dropped_seq) = (SELECT gone.xid, gone.seq)
        FROM (SELECT xid, seq FROM ${from} ORDER BY xid DESC, seq DESC LIMIT 1) AS gone
       WHERE (gone.xid, gone.seq) > (dropped_xid, dropped_seq)`,
    values: (_: undefined) => [],
    row: nothing,
  });

/** The last event of each block. */
const blockPositions = (from: string) => `(SELECT xid, ${LAST_SEQ} AS seq FROM ${from}) AS positions`;

export async function ensurePartitions(db: Database, now: number): Promise<void> {
  for (const table of TABLES) {
    const { kind, ahead } = PARTITIONING[table];
    for (let offset = -1; offset <= ahead; offset++) {
      const period = periodOf(kind, now, offset);
      if (await isMissing(db, table, period)) await unlessBusy(makePartition(db, table, period));
    }
  }
}

/** A table in use is left for the next time: until then its rows stand in the DEFAULT partition. */
async function unlessBusy(making: Promise<void>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
  }
}

export async function dropPartitions(db: Database, table: PartitionedTable, before: number): Promise<void> {
  const { column, kind } = PARTITIONING[table];
  for (const partition of await db.run(listPartitions, table)) {
    const begin = beginOf(partition);
    if (begin !== undefined && periodOf(kind, begin, 0).to > before) continue;
    await db.transaction('BEGIN', async (on) => {
      await on.execute(LOCK);
      if (begin === undefined) await dropFromDefault(on, table, `${column} < ${Math.floor(before)}`);
      else await dropWhole(on, table, partition);
    });
  }
}

/** Locked first: what is still being written to it is noted as well. */
async function dropWhole(on: Queryable, table: PartitionedTable, partition: string): Promise<void> {
  if (!(await on.run(listPartitions, table)).includes(partition)) return;
  await on.execute(`LOCK TABLE ${partition} IN ACCESS EXCLUSIVE MODE`);
  if (table === 'event') await on.run(noteDropped(partition), undefined);
  if (table === 'event_block') await on.run(noteDropped(blockPositions(partition)), undefined);
  await on.execute(`DROP TABLE ${partition}`);
}

async function dropFromDefault(on: Queryable, table: PartitionedTable, condition: string): Promise<void> {
  const rows = `${table}_default WHERE ${condition}`;
  if (table === 'event') await on.run(noteDropped(rows), undefined);
  if (table === 'event_block') await on.run(noteDropped(blockPositions(rows)), undefined);
  await on.execute(`DELETE FROM ${rows}`);
}

async function isMissing(on: Queryable, table: PartitionedTable, period: Period): Promise<boolean> {
  return !(await on.run(listPartitions, table)).includes(partitionName(table, period));
}

async function makePartition(db: Database, table: PartitionedTable, period: Period): Promise<void> {
  const name = partitionName(table, period);
  const { column } = PARTITIONING[table];
  const inside = `${column} >= ${period.from} AND ${column} < ${period.to}`;
  await db.transaction('BEGIN', async (on) => {
    await on.execute(LOCK);
    if (!(await isMissing(on, table, period))) return;
    await on.execute(`
      LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE;
      CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL);
      WITH moved AS (DELETE FROM ${table}_default WHERE ${inside} RETURNING *)
        INSERT INTO ${name} SELECT * FROM moved;
      ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${period.from}) TO (${period.to})`);
  });
}
