/**
 * Events after a position, in the order of their transactions, and how far the reader has got.
 *
 * Transaction ids are given out at the first write and become visible at the commit, so a lower one
 * may appear after a higher one was read. Below `pg_snapshot_xmin` none can appear any more: every
 * such transaction has ended. What is above waits for the next call.
 */
import type { QueryResultRow } from 'pg';
import type { EventFilter, StoredEvent } from '../../../ports/event-store.ts';
import { type Statement, statement } from '../statement.ts';
import { since } from '../tasks/get-tasks.ts';
import { endsAfter, eventsOfBlocks } from './blocks.ts';
import type { Position } from './event-cursor.ts';
import { EVENT_COLUMNS, type EventRow, RAW_COLUMNS, toEvent } from './event-row.ts';

export interface EventReading {
  readonly filter: EventFilter;
  readonly after: Position;
  readonly limit: number;
}

/** The store as the same snapshot saw it, with each event, and alone when there is none. */
export interface EventSight {
  readonly epoch: string;
  /** No transaction below it still runs. */
  readonly horizon: string;
  /** Every transaction at or above it was yet to begin. */
  readonly next: string;
  /** The last event that was dropped. */
  readonly dropped: Position;
  readonly event?: StoredEvent | undefined;
}

interface SightRow extends QueryResultRow {
  readonly epoch: string;
  readonly horizon: string;
  readonly next: string;
  readonly dropped_xid: string;
  readonly dropped_seq: string;
  readonly xid: string | null;
}

/** By what a reading is narrowed: a text of fixed parts each, so that each has a plan of its own. */
const CONDITIONS = {
  all: { text: '', blocks: '', values: () => [] },
  project: {
    text: 'AND project = $4',
    blocks: 'AND b.project = $4',
    values: ({ project }: EventFilter) => [project],
  },
  projects: {
    text: 'AND project = ANY ($4::text[])',
    blocks: 'AND b.project = ANY ($4::text[])',
    values: ({ projects }: EventFilter) => [projects],
  },
  job: {
    text: 'AND uid = $4',
    blocks: 'AND b.at >= $5 AND b.uids @> ARRAY[$4::uuid]',
    values: ({ job = '' }: EventFilter) => [job, since([job])],
  },
  both: {
    text: 'AND project = $4 AND uid = $5',
    blocks: 'AND b.project = $4 AND b.at >= $6 AND b.uids @> ARRAY[$5::uuid]',
    values: ({ project, job = '' }: EventFilter) => [project, job, since([job])],
  },
} as const;

/** Of a block that has an event of a job, that one alone; without knowing how many blocks to look through. */
const ONE_JOB: Partial<Record<Kind, string>> = { job: 'AND u.uid = $4', both: 'AND u.uid = $5' };

type Kind = keyof typeof CONDITIONS;

export function eventsAfter(filter: EventFilter): Statement<EventReading, SightRow, EventSight> {
  return BY_KIND[kindOf(filter)];
}

/** One job lies in one project: with a job, `project` says all that `projects` would. */
function kindOf({ project, projects, job }: EventFilter): Kind {
  if (job !== undefined) return project === undefined ? 'job' : 'both';
  if (project !== undefined) return 'project';
  return projects === undefined ? 'all' : 'projects';
}

const BY_KIND: Readonly<Record<Kind, Statement<EventReading, SightRow, EventSight>>> = {
  all: reading('all'),
  project: reading('project'),
  projects: reading('projects'),
  job: reading('job'),
  both: reading('both'),
};

function reading(kind: Kind): Statement<EventReading, SightRow, EventSight> {
  const narrowed = CONDITIONS[kind];
  return statement({
    name: `event_after_${kind}`,
    text: `
      SELECT store.*, e.*
        FROM (SELECT epoch, dropped_xid, dropped_seq::text AS dropped_seq,
                     pg_snapshot_xmin(pg_current_snapshot()) AS horizon,
                     pg_snapshot_xmax(pg_current_snapshot()) AS next
                FROM meta) AS store
        LEFT JOIN LATERAL (
          SELECT ${EVENT_COLUMNS} FROM (
            (SELECT ${RAW_COLUMNS} FROM event
              WHERE (xid, seq) > ($1::xid8, $2::bigint) AND xid < store.horizon ${narrowed.text}
              ORDER BY xid, seq LIMIT $3)
            UNION ALL
            (${eventsOfBlocks({
              blocks: `${endsAfter('$1::xid8', '$2::bigint')} AND b.xid < store.horizon ${narrowed.blocks}`,
              events: `(b.xid, SEQ) > ($1::xid8, $2::bigint) ${ONE_JOB[kind] ?? ''}`,
              order: 'ASC',
              most: ONE_JOB[kind] === undefined ? '$3' : undefined,
            })} ORDER BY 1, 2 LIMIT $3)
          ) AS found ORDER BY found.xid, found.seq LIMIT $3) AS e ON true`,
    values: ({ after, limit, filter }) => [after.xid, after.seq, limit, ...narrowed.values(filter)],
    row: toSight,
  });
}

function toSight(row: SightRow): EventSight {
  return {
    epoch: row.epoch,
    horizon: row.horizon,
    next: row.next,
    dropped: { xid: row.dropped_xid, seq: row.dropped_seq },
    event: row.xid === null ? undefined : toEvent(row as QueryResultRow as EventRow),
  };
}
