/** A page of projects by name. */
import type { NamedPage } from '../named-page.ts';
import { statement } from '../statement.ts';
import { PROJECT_COLUMNS, type ProjectRow, toProject } from './project-row.ts';

export const listProjects = statement({
  name: 'project_list',
  text: `SELECT ${PROJECT_COLUMNS} FROM project 
     WHERE name > $1 AND ($3::text[] IS NULL OR name = ANY ($3::text[])) ORDER BY name LIMIT $2`,
  values: ({ after, limit, names }: NamedPage & { names?: readonly string[] | undefined }) => [
    after,
    limit,
    names ?? null,
  ],
  row: (row: ProjectRow) => toProject(row),
});
