/** Which task has a unique key, and which live one a name. */
import { statement } from '../statement.ts';

interface HolderRow {
  readonly uid: string;
}

export const uniqueHolder = statement({
  name: 'task_unique_holder',
  text: 'SELECT uid FROM task_unique WHERE project = $1 AND queue = $2 AND key = $3',
  values: (of: { project: string; queue: string; key: string }) => [of.project, of.queue, of.key],
  row: ({ uid }: HolderRow) => uid,
});

export const nameHolder = statement({
  name: 'task_name_holder',
  text: 'SELECT uid FROM task WHERE project = $1 AND name = $2',
  values: (of: { project: string; name: string }) => [of.project, of.name],
  row: ({ uid }: HolderRow) => uid,
});
