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

/** As many rows as a plan made without knowing them still suits. */
const FEW = 8;

/**
 * A statement on `rows` rows. One plan serves for a few; for more the planner is to see the values,
 * or it joins them row by row with each other (measured: 5000 rows in 2.5 s instead of 0.3 s).
 */
export function sized<Params, Row extends QueryResultRow, Result>(
  statement: Statement<Params, Row, Result>,
  rows: number,
): Statement<Params, Row, Result> {
  if (rows <= FEW) return statement;
  const { name: _, ...unnamed } = statement;
  return unnamed;
}

/** For statements that answer nothing of interest. */
export const nothing = (): void => undefined;
