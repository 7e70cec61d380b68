/** How an event is read. */
import type { QueryResultRow } from 'pg';
import type { StateName } from '../../../core/job/state.ts';
import type { StoredEvent } from '../../../ports/event-store.ts';
import { cursorText } from './event-cursor.ts';

export const EVENT_COLUMNS =
  'xid, seq::text AS seq, at, uid, project, job, state_name, type, reason, message';

/** As they are stored, for ordering. */
export const RAW_COLUMNS = 'xid, seq, at, uid, project, job, state_name, type, reason, message';

export interface EventRow extends QueryResultRow {
  readonly epoch: string;
  readonly xid: string;
  readonly seq: string;
  readonly at: number;
  readonly uid: string;
  readonly project: string;
  readonly job: string;
  readonly state_name: StateName;
  readonly type: StoredEvent['type'];
  readonly reason: string;
  readonly message: string;
}

export function toEvent(row: EventRow): StoredEvent {
  return {
    cursor: cursorText(row.epoch, row),
    project: row.project,
    job: row.job,
    uid: row.uid,
    state: row.state_name,
    type: row.type,
    reason: row.reason,
    message: row.message,
    at: row.at,
  };
}
