/** Job events, to be read in commit order. */
import type { StateName } from '../core/job/state.ts';
import type { JobEvent } from '../core/job/transition.ts';
import type { Page, PageOf } from './page.ts';

export interface StoredEvent extends JobEvent {
  /** (store epoch, transaction id, sequence), as text: see DESIGN.md, "Event cursors". */
  readonly cursor: string;
  readonly project: string;
  readonly job: string;
  readonly uid: string;
  readonly state: StateName;
}

export interface EventFilter {
  readonly project?: string | undefined;
  /** Only of these: those that who asks may see. */
  readonly projects?: readonly string[] | undefined;
  /** Uid. */
  readonly job?: string | undefined;
}

export interface EventBatch {
  readonly events: readonly StoredEvent[];
  /** Continue here, also when no event was returned. */
  readonly cursor: string;
}

export interface EventStore {
  /** Newest first. */
  list(filter: EventFilter, page: Page): Promise<PageOf<StoredEvent>>;
  /** Oldest first, never past a transaction that might still commit. Throws Refused `cursor.expired`. */
  after(cursor: string, filter: EventFilter, limit: number): Promise<EventBatch>;
  /** The cursor of this moment (`now`) or of the oldest kept event (`start`). */
  cursor(at: 'now' | 'start'): Promise<string>;
}
