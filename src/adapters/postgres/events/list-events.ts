/** One page of events, newest first. The text is fixed but for which of its conditions stand in it. */
import type { EventFilter, StoredEvent } from '../../../ports/event-store.ts';
import type { Statement } from '../statement.ts';
import type { Position } from './event-cursor.ts';
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-row.ts';

export interface EventListing {
  readonly filter: EventFilter;
  readonly before?: Position | undefined;
  readonly limit: number;
}

export function listEvents({ filter, before, limit }: EventListing): Statement<void, EventRow, StoredEvent> {
  const values: unknown[] = [];
  const placeholder = (value: unknown) => `$${values.push(value)}`;
  const where: string[] = [];
  if (filter.project !== undefined) where.push(`project = ${placeholder(filter.project)}`);
  if (filter.projects !== undefined) where.push(`project = ANY (${placeholder(filter.projects)}::text[])`);
  if (filter.job !== undefined) where.push(`uid = ${placeholder(filter.job)}`);
  if (before !== undefined) {
    where.push(`(xid, seq) < (${placeholder(before.xid)}::xid8, ${placeholder(before.seq)}::bigint)`);
  }
  return {
    text: `SELECT (SELECT epoch FROM meta) AS epoch, ${EVENT_COLUMNS} FROM event
      ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
      ORDER BY event.xid DESC, event.seq DESC LIMIT ${placeholder(limit)}`,
    values: () => values,
    row: toEvent,
  };
}
