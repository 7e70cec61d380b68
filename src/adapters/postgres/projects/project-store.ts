/** The `ProjectStore` port over PostgreSQL. */
import { Refused } from '../../../core/errors/refused.ts';
import type { StateName } from '../../../core/job/state.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type { Kept, Project, ProjectStore } from '../../../ports/queue-store.ts';
import type { Database } from '../database.ts';
import { namedPage, pageOfNamed } from '../named-page.ts';
import { countLiveJobs } from './count-live-jobs.ts';
import { getProject } from './get-project.ts';
import { listProjects } from './list-projects.ts';
import { putProject } from './put-project.ts';
import { removeProject } from './remove-project.ts';

export class PostgresProjects implements ProjectStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(project: Project, now: number): Promise<Kept<Project>> {
    return (await this.#db.one(putProject, { project, now }))!;
  }

  get(name: string): Promise<Kept<Project> | undefined> {
    return this.#db.one(getProject, name);
  }

  async list(page: Page, names?: readonly string[]): Promise<PageOf<Kept<Project>>> {
    return pageOfNamed(await this.#db.run(listProjects, { ...namedPage(page), names }), page);
  }

  async remove(name: string): Promise<boolean> {
    const { removed, live } = (await this.#db.one(removeProject, name))!;
    if (live > 0) throw new Refused('project.in_use', { project: name, count: live });
    return removed;
  }

  async count(name: string): Promise<Partial<Record<StateName, number>>> {
    return Object.fromEntries(await this.#db.run(countLiveJobs, name));
  }
}
