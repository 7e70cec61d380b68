/** Removes a schedule; its jobs stay. */
import { statement } from '../statement.ts';

export const removeSchedule = statement({
  name: 'schedule_remove',
  text: 'DELETE FROM schedule WHERE project = $1 AND name = $2 RETURNING uid',
  values: (of: { project: string; name: string }) => [of.project, of.name],
  row: (): true => true,
});
