/** How a schedule lies in its table: what is asked for stands in columns, the rest is kept as it is. */
import type { QueryResultRow } from 'pg';
import type { Schedule } from '../../../core/schedule/schedule.ts';
import { cleanText, jsonText } from '../json-text.ts';

export const SCHEDULE_COLUMNS = `uid, project, name, labels, spec, owner, version, created_at, updated_at,
  next_at, last_due_at, runs, live`;

export interface ScheduleRow extends QueryResultRow {
  readonly uid: string;
  readonly project: string;
  readonly name: string;
  readonly labels: Schedule['labels'];
  readonly spec: Schedule['spec'];
  readonly owner: Schedule['owner'];
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly next_at: number | null;
  readonly last_due_at: number | null;
  readonly runs: Schedule['runs'];
  readonly live: Schedule['live'];
}

export function toSchedule(row: ScheduleRow): Schedule {
  return {
    uid: row.uid,
    project: row.project,
    name: row.name,
    labels: row.labels,
    spec: row.spec,
    owner: row.owner,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    nextAt: row.next_at ?? undefined,
    lastDueAt: row.last_due_at ?? undefined,
    runs: row.runs,
    live: row.live,
  };
}

/** In the order of `SCHEDULE_COLUMNS`. */
export function columnsOf(schedule: Schedule): readonly unknown[] {
  return [
    schedule.uid,
    cleanText(schedule.project),
    cleanText(schedule.name),
    jsonText(schedule.labels),
    jsonText(schedule.spec),
    jsonText(schedule.owner),
    schedule.version,
    Math.ceil(schedule.createdAt),
    Math.ceil(schedule.updatedAt),
    schedule.nextAt ?? null,
    schedule.lastDueAt ?? null,
    jsonText(schedule.runs),
    jsonText(schedule.live),
  ];
}
