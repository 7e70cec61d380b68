/** The grant of a queue to a project. */
import { statement } from '../statement.ts';
import { GRANT_COLUMNS, type GrantRow, toGrant } from './grant-row.ts';

export const getGrant = statement({
  name: 'grant_get',
  text: `SELECT ${GRANT_COLUMNS} FROM queue_grant WHERE project = $1 AND queue = $2`,
  values: (of: { project: string; queue: string }) => [of.project, of.queue],
  row: (row: GrantRow) => toGrant(row),
});
