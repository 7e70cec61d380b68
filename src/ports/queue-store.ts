/** Projects, queues and the grants between them. */
import type { Resources } from '../core/job/spec.ts';
import type { StateName } from '../core/job/state.ts';
import type { Flavor, Queue, QueueGrant } from '../core/scheduling/queue.ts';
import type { Page, PageOf } from './page.ts';

export interface Project {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  readonly defaultQueue?: string | undefined;
}

export type Kept<T> = T & { readonly createdAt: number };

export interface QueueUse {
  readonly pending: number;
  readonly holding: number;
  readonly used: Resources;
}

export interface ProjectStore {
  put(project: Project, now: number): Promise<Kept<Project>>;
  get(name: string): Promise<Kept<Project> | undefined>;
  /** @param names only these; absent: all */
  list(page: Page, names?: readonly string[]): Promise<PageOf<Kept<Project>>>;
  /** False when it is not there. Throws Refused `project.in_use`. */
  remove(name: string): Promise<boolean>;
  /** Live jobs by state. */
  count(name: string): Promise<Readonly<Partial<Record<StateName, number>>>>;
}

/** What a queue is put beside: it stays as it is until the queue is kept. */
export interface Around {
  /** Every queue; the one that is put as it was before, too. */
  readonly queues: readonly Queue[];
  /** Names of flavors. */
  readonly flavors: ReadonlySet<string>;
}

export interface QueueStore {
  /** @param check throws what is wrong with it; two that are put at once are not judged without each other */
  put(queue: Queue, now: number, check?: (around: Around) => void): Promise<Kept<Queue>>;
  get(name: string): Promise<Kept<Queue> | undefined>;
  list(page: Page): Promise<PageOf<Kept<Queue>>>;
  /** False when it is not there. Throws Refused `queue.in_use`. */
  remove(name: string): Promise<boolean>;
  use(names: readonly string[]): Promise<Readonly<Record<string, QueueUse>>>;
}

export interface FlavorStore {
  put(flavor: Flavor, now: number): Promise<Kept<Flavor>>;
  get(name: string): Promise<Kept<Flavor> | undefined>;
  /** All, by name: there are few. */
  list(): Promise<readonly Kept<Flavor>[]>;
  /** False when it is not there. Throws Refused `flavor.in_use`. */
  remove(name: string): Promise<boolean>;
}

export interface GrantStore {
  put(grant: QueueGrant, now: number): Promise<Kept<QueueGrant>>;
  get(project: string, queue: string): Promise<Kept<QueueGrant> | undefined>;
  /** @param projects only of these; absent: of all */
  list(page: Page, projects?: readonly string[]): Promise<PageOf<Kept<QueueGrant>>>;
  remove(project: string, queue: string): Promise<boolean>;
}
