/** The files of an attempt have been fetched. */
import type { AttemptRef } from '../../../core/job/attempt.ts';
import { nothing, statement } from '../statement.ts';

export const removeCollection = statement({
  name: 'collection_remove',
  text: 'DELETE FROM collection WHERE job = $1 AND attempt = $2',
  values: ({ job, attempt }: AttemptRef) => [job, attempt],
  row: nothing,
  unaudited: 'bookkeeping of files that are fetched',
});
