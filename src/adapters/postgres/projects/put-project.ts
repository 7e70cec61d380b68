/** Makes a project or changes it; when it was made stays. */
import type { Project } from '../../../ports/queue-store.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { PROJECT_COLUMNS, type ProjectRow, toProject } from './project-row.ts';

export const putProject = statement({
  name: 'project_put',
  text: `
    INSERT INTO project (name, labels, description, default_queue, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO UPDATE SET labels = EXCLUDED.labels, description = EXCLUDED.description,
      default_queue = EXCLUDED.default_queue
    RETURNING ${PROJECT_COLUMNS}`,
  values: ({ project, now }: { project: Project; now: number }) => [
    project.name,
    jsonText(project.labels),
    cleanText(project.description),
    project.defaultQueue ?? null,
    now,
  ],
  row: (row: ProjectRow) => toProject(row),
});
