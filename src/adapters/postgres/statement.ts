/**
 * One SQL operation: its name (under which each connection prepares it once), its text, how its
 * parameters are laid out and how a row is read. Files of this adapter hold one each.
 */
import type { QueryResultRow } from 'pg';

export interface Statement<Params, Row extends QueryResultRow, Result> {
  /** At most 63 bytes; absent where the planner must see the values (see `jobs/list-jobs.ts`). */
  readonly name?: string;
  readonly text: string;
  readonly values: (params: Params) => readonly unknown[];
  readonly row: (row: Row) => Result;
}

export function statement<Params, Row extends QueryResultRow, Result>(
  definition: Statement<Params, Row, Result>,
): Statement<Params, Row, Result> {
  return definition;
}

/** For statements that answer nothing of interest. */
export const nothing = (): void => undefined;
