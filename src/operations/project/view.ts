/** A project as the API shows it. */
import { API_VERSION } from '../../contract/meta.ts';
import type { ProjectView } from '../../contract/queue.ts';
import { formatTime } from '../../contract/scalars.ts';
import type { Kept, Project } from '../../ports/queue-store.ts';

export function viewProject(project: Kept<Project>, jobs: ProjectView['status']['jobs']): ProjectView {
  return {
    apiVersion: API_VERSION,
    kind: 'Project',
    metadata: {
      name: project.name,
      labels: { ...project.labels },
      creationTimestamp: formatTime(project.createdAt),
    },
    spec: { description: project.description, defaultQueue: project.defaultQueue },
    status: { jobs },
  };
}
