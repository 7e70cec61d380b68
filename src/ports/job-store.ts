/** Where jobs are kept. Every write is one transaction: the row, its events and its signals together. */
import type { Job } from '../core/job/job.ts';
import type { JobType } from '../core/job/spec.ts';
import type { StateName } from '../core/job/state.ts';
import type { Transition } from '../core/job/transition.ts';
import type { LabelTest, Page, PageOf } from './page.ts';

export interface JobFilter {
  readonly project?: string | undefined;
  /** Only of these: those that who asks may see. */
  readonly projects?: readonly string[] | undefined;
  readonly states?: readonly StateName[] | undefined;
  readonly queue?: string | undefined;
  readonly type?: JobType | undefined;
  /** Only tasks of this handler. */
  readonly handler?: string | undefined;
  readonly labels?: readonly LabelTest[] | undefined;
  /** Epoch milliseconds, both inclusive. */
  readonly createdAfter?: number | undefined;
  readonly createdBefore?: number | undefined;
}

/** Makes a repeated submission the same job. */
export interface Once {
  readonly principal: string;
  readonly key: string;
  /** Of the whole submission: the same key with another digest is a mistake of the client's. */
  readonly digest: string;
}

export type Stored =
  | { readonly kind: 'stored'; readonly job: Job }
  /** The key was used before for the same submission: its job. */
  | { readonly kind: 'repeated'; readonly job: Job }
  | { readonly kind: 'name-taken'; readonly job: Job }
  | { readonly kind: 'key-reused' };

export type StoredTasks =
  | { readonly kind: 'stored' }
  | { readonly kind: 'repeated'; readonly jobs: readonly Job[] }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'taken' };

export interface JobStore {
  submit(first: Transition, once?: Once): Promise<Stored>;
  /** Tasks: all of them, or none when the name or a key of one is taken. @param onces one for each, or none */
  submitTasks(firsts: readonly Transition[], onces?: readonly Once[]): Promise<StoredTasks>;
  /** By uid, or by name: the live job of that name, else the one that ended last. */
  get(project: string, ref: string): Promise<Job | undefined>;
  /** Newest first, live and ended together. */
  list(filter: JobFilter, page: Page): Promise<PageOf<Job>>;
  /** Compare-and-set; undefined when the job is no longer in the version the decision was made on. */
  apply(transition: Transition): Promise<Job | undefined>;
  /** Removes an ended job's record; false when it is not there or has not ended. */
  remove(uid: string): Promise<boolean>;
  /** Live jobs whose `dueAt` has come, and ended ones whose time to live is over, earliest first. */
  due(now: number, limit: number): Promise<readonly Job[]>;
  /** Jobs that hold processes on an agent. */
  heldBy(agent: string): Promise<readonly Job[]>;
}
