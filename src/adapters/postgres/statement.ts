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
  /** Why what it writes is in no audit record. Everything else that writes leaves one, by itself. */
  readonly unaudited?: string;
  /** Whether it changed anything; absent: when it touched or answered a row. */
  readonly changed?: (results: readonly Result[]) => boolean;
}

/** `FOR UPDATE` only locks. */
const WRITES = /(?<!FOR |KEY )\bUPDATE \w|\bINSERT INTO \w|\bDELETE FROM \w/;

/** Whether a record is to be inserted beside it, should it change anything. */
export function isAudited<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>): boolean {
  return statement.unaudited === undefined && isWriting(statement);
}

export function isWriting<P, R extends QueryResultRow, T>({ text }: Statement<P, R, T>): boolean {
  return WRITES.test(text);
}

export function statement<Params, Row extends QueryResultRow, Result>(
  definition: Statement<Params, Row, Result>,
): Statement<Params, Row, Result> {
  return definition;
}

/** For statements that answer nothing of interest. */
export const nothing = (): void => undefined;
