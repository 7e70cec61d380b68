/**
 * Events of many tasks that came to the same in one commit are one row of `event_block`. Here they are taken
 * apart again. Within its transaction an event of a block stands after every other: its sequence number begins
 * where those of the sequence never come.
 */

/** Of a block's first event is `FIRST + place × WIDTH + 1`. */
const FIRST = 2n ** 60n;
/** More than any statement changes. */
const WIDTH = 2n ** 20n;

const SEQ = `${FIRST} + b.place::bigint * ${WIDTH}`;

/** Of the last event of a row of `event_block`. */
export const LAST_SEQ = `${FIRST} + place::bigint * ${WIDTH} + cardinality(uids)`;

export interface BlockReading {
  /** Conditions on a block `b`. */
  readonly blocks: string;
  /** Conditions on one event `(b.xid, seq, uid)`, where `SEQ` stands for its sequence number. */
  readonly events: string;
  readonly order: 'ASC' | 'DESC';
  /** Blocks that are read: as many as events are wanted and one, since the first may be in part before. */
  readonly most: string | undefined;
}

/** Blocks that end after a position. */
export const endsAfter = (xid: string, seq: string) =>
  `b.xid >= ${xid} AND (b.xid > ${xid} OR ${SEQ} + ${WIDTH} > ${seq})`;

/** Blocks that begin before a position. */
export const beginsBefore = (xid: string, seq: string) =>
  `b.xid <= ${xid} AND (b.xid < ${xid} OR ${SEQ} < ${seq})`;

/** Rows as `event` has them. */
export function eventsOfBlocks({ blocks, events, order, most }: BlockReading): string {
  const seq = `${SEQ} + u.place`;
  return `
    SELECT b.xid, ${seq} AS seq, b.at, u.uid, b.project, coalesce(b.names[u.place], u.uid::text) AS job,
           b.state_name, b.type, b.reason, b.message
      FROM (SELECT * FROM event_block b WHERE ${blocks}
             ORDER BY b.xid ${order}, b.place ${order} ${most === undefined ? '' : `LIMIT ${most} + 1`}) AS b,
           unnest(b.uids) WITH ORDINALITY AS u (uid, place)
     WHERE ${events.replaceAll('SEQ', `(${seq})`)}`;
}
