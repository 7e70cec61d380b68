/** What `get` has to know of a kind of object: how it is called, found and shown. One file per kind. */
import type { Paint } from '../../output/paint.ts';
import type { Client } from '../client.ts';

export interface Column<T> {
  readonly head: string;
  cell(item: T, look: Look): string;
  /** `wide`: only with -o wide. `project`: only when the list is over all projects. */
  readonly only?: 'wide' | 'project';
  /** Room that it gets in a watched list, where later cells may be wider. Characters. */
  readonly room?: number;
}

export interface Look {
  /** Epoch milliseconds, for ages. */
  readonly now: number;
  readonly paint: Paint;
}

export const JOB_TYPES = ['training', 'inference', 'evaluation', 'simulation', 'batch'] as const;

export type JobType = (typeof JOB_TYPES)[number];

/** What a list may be narrowed by; a kind says which of these it knows. */
export interface Filter {
  /** Undefined: all projects. */
  readonly project: string | undefined;
  readonly selector?: string | undefined;
  readonly state?: string | undefined;
  readonly queue?: string | undefined;
  readonly type?: JobType | undefined;
  readonly newerThan?: string | undefined;
  readonly olderThan?: string | undefined;
  /** Most items in all; Infinity for every one. */
  readonly limit: number;
}

export type Narrowing = Exclude<keyof Filter, 'project' | 'limit'>;

export interface Listed<T> {
  readonly items: readonly T[];
  /** True when there are more than the limit. */
  readonly more: boolean;
}

export interface Kind<T> {
  /** As in `job/NAME`. */
  readonly name: string;
  readonly plural: string;
  readonly aliases: readonly string[];
  /** Whether its objects belong to a project. */
  readonly projected: boolean;
  readonly narrowings: readonly Narrowing[];
  readonly columns: readonly Column<T>[];
  nameOf(item: T): string;
  list(client: Client, filter: Filter): Promise<Listed<T>>;
  /** Throws ApiError or UsageError when there is none. */
  get(client: Client, name: string, project: string): Promise<T>;
  /** Absent: it cannot be deleted by name. */
  remove?(client: Client, name: string, project: string): Promise<unknown>;
}
