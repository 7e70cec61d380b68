/** One project. */
import { statement } from '../statement.ts';
import { PROJECT_COLUMNS, type ProjectRow, toProject } from './project-row.ts';

export const getProject = statement({
  name: 'project_get',
  text: `SELECT ${PROJECT_COLUMNS} FROM project WHERE name = $1`,
  values: (name: string) => [name],
  row: (row: ProjectRow) => toProject(row),
});
