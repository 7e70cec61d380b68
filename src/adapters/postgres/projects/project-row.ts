/** How a project is read. */
import type { QueryResultRow } from 'pg';
import type { Kept, Project } from '../../../ports/queue-store.ts';

export const PROJECT_COLUMNS = 'name, labels, description, default_queue, created_at';

export interface ProjectRow extends QueryResultRow {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  readonly default_queue: string | null;
  readonly created_at: number;
}

export function toProject(row: ProjectRow): Kept<Project> {
  return {
    name: row.name,
    labels: row.labels,
    description: row.description,
    defaultQueue: row.default_queue ?? undefined,
    createdAt: row.created_at,
  };
}
