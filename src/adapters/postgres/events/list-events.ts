/** One page of events, newest first. The text is fixed but for which of its conditions stand in it. */
import type { EventFilter, StoredEvent } from '../../../ports/event-store.ts';
import type { Statement } from '../statement.ts';
import { beginsBefore, eventsOfBlocks } from './blocks.ts';
import type { Position } from './event-cursor.ts';
import { EVENT_COLUMNS, type EventRow, RAW_COLUMNS, toEvent } from './event-row.ts';

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
  const position =
    before && ([`${placeholder(before.xid)}::xid8`, `${placeholder(before.seq)}::bigint`] as const);
  const most = placeholder(limit);
  const all = position ? [...where, `(xid, seq) < (${position.join(', ')})`] : where;
  const own = `SELECT ${RAW_COLUMNS} FROM event ${all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`}
    ORDER BY xid DESC, seq DESC LIMIT ${most}`;
  return {
    text: `SELECT (SELECT epoch FROM meta) AS epoch, ${EVENT_COLUMNS}
      FROM ((${own}) ${filter.job === undefined ? `UNION ALL (${blocksOf(where, position, most)})` : ''}) AS found
      ORDER BY found.xid DESC, found.seq DESC LIMIT ${most}`,
    values: () => values,
    row: toEvent,
  };
}

/**
 * The same conditions on blocks. One job's are not looked for there: what a block says of a task follows
 * from the task (`operations/event/of-task.ts`), and is not worth a search.
 */
function blocksOf(
  where: readonly string[],
  position: readonly [xid: string, seq: string] | undefined,
  most: string,
): string {
  const narrowed = where.map((condition) => `b.${condition}`);
  const blocks = position ? [...narrowed, beginsBefore(...position)] : narrowed;
  const reading = eventsOfBlocks({
    blocks: blocks.length === 0 ? 'true' : blocks.join(' AND '),
    events: position ? `(b.xid, SEQ) < (${position.join(', ')})` : 'true',
    order: 'DESC',
    most,
  });
  return `${reading} ORDER BY 1 DESC, 2 DESC LIMIT ${most}`;
}
