/**
 * What every change of jobs has in common, as parts of one statement: the rows it is given, the
 * events and signals it tells. A statement that uses them names its results `input` (what was
 * asked for), `applied (uid)` (what took place) and `released (uid, agent)` (whose agents were freed).
 *
 * One statement is one round trip and one transaction: row, events and signals come together or not at all.
 */
import { CHANNELS } from '../channels.ts';
import { INPUT_COLUMNS } from './job-row.ts';

/** `$1`: rows made by `transitionRow`. An array, so that the planner reckons with few. */
export const INPUT = `
  SELECT i.*, given.place FROM unnest($1::jsonb[]) WITH ORDINALITY AS given (body, place),
    jsonb_to_record(given.body) AS i (${INPUT_COLUMNS})`;

/**
 * Whether a row's uid is among those of a part of the statement. `IS TRUE` keeps the planner from making
 * a join of it: it reckons with few rows, and would compare each with each (measured: 5000 rows in
 * 10 s instead of 0.5 s). As it stands, it is looked up in a hash.
 */
export const among = (part: string) => `(uid IN (SELECT uid FROM ${part})) IS TRUE`;

/** The events of what was applied, in the order they were given. */
export const TELL = `
  INSERT INTO event (at, uid, project, job, state_name, type, reason, message)
  SELECT (e.body ->> 'at')::bigint, i.uid, i.project, i.name, coalesce(e.body ->> 'state', i.state_name),
         e.body ->> 'type', e.body ->> 'reason', e.body ->> 'message'
    FROM input i, jsonb_array_elements(i.events) WITH ORDINALITY AS e (body, place)
   WHERE ${among('applied')}
   ORDER BY i.place, e.place`;

/** A payload holds less than 8000 bytes; keys are put together so that a batch is few signals. */
export const UIDS_PER_SIGNAL = 200;
const AGENTS_PER_SIGNAL = 30;

export function signalEach(channel: string, keys: string, perSignal: number): string {
  return `
  SELECT pg_notify('${channel}', string_agg(key, E'\\n'))
    FROM (SELECT key, (row_number() OVER () - 1) / ${perSignal} AS chunk FROM (${keys}) AS k (key)) AS c
   GROUP BY chunk`;
}

export const SIGNALS = `${signalEach(CHANNELS.schedule, 'SELECT uid::text FROM applied', UIDS_PER_SIGNAL)}
  UNION ALL ${signalEach(CHANNELS.event, 'SELECT uid::text FROM applied', UIDS_PER_SIGNAL)}
  UNION ALL ${signalEach(
    CHANNELS.agent,
    `SELECT agent FROM input WHERE tells AND ${among('applied')}
      UNION SELECT agent FROM released WHERE ${among('applied')}`,
    AGENTS_PER_SIGNAL,
  )}`;

/** The end of such a statement. Signals are only sent when something reads them. */
export const ANSWER = `
  SELECT ARRAY(SELECT uid::text FROM applied) AS uids, (SELECT count(*) FROM signals) AS signals`;

export interface AppliedRow {
  readonly uids: readonly string[];
}

export function appliedUids(row: AppliedRow): ReadonlySet<string> {
  return new Set(row.uids);
}
