/** What a new installation begins with, so that a job file needs neither project nor queue. Repeating it is harmless. */
import type { GrantStore, ProjectStore, QueueStore } from '../ports/queue-store.ts';

export const DEFAULT = 'default';

export interface Stores {
  readonly projects: ProjectStore;
  readonly queues: QueueStore;
  readonly grants: GrantStore;
}

export async function makeDefaults({ projects, queues, grants }: Stores, now: number): Promise<void> {
  if (!(await queues.get(DEFAULT))) {
    const description = 'For jobs that name no queue; limited by the machine alone';
    await queues.put({ name: DEFAULT, labels: {}, description, quota: {}, state: 'open' }, now);
  }
  if (!(await projects.get(DEFAULT))) {
    await projects.put(
      { name: DEFAULT, labels: {}, description: 'For jobs that name no project', defaultQueue: DEFAULT },
      now,
    );
  }
  if (!(await grants.get(DEFAULT, DEFAULT))) {
    await grants.put({ project: DEFAULT, queue: DEFAULT, maxPriority: 100 }, now);
  }
}
