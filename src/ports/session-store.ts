/** Sign-ins: who, by what, until when. A session ended here ends its tokens within seconds. */
import type { KeptSecret } from './key-store.ts';
import type { Page, PageOf } from './page.ts';

export interface SessionRecord {
  readonly id: string;
  /** `user:ada@example.org` or `service:…` */
  readonly subject: string;
  readonly groups: readonly string[];
  /** How the sign-in was made: `oidc`, `exchange`. */
  readonly method: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number;
  readonly endedAt?: number | undefined;
  /** Absent: it can't be prolonged. */
  readonly refresh?: KeptSecret | undefined;
  /** The refresh secret before the last one, and until when it is still taken. */
  readonly previous?: (KeptSecret & { readonly until: number }) | undefined;
}

export interface Refreshing {
  /** The prefix that the decision was made on. */
  readonly from: string;
  readonly to: KeptSecret;
  readonly oldUntil: number;
  readonly now: number;
}

export interface SessionStore {
  /** False when a session of this id was there before. */
  put(session: SessionRecord): Promise<boolean>;
  get(id: string): Promise<SessionRecord | undefined>;
  /** By the present prefix of its refresh secret or the one before. */
  findByPrefix(prefix: string): Promise<SessionRecord | undefined>;
  /** Compare-and-set on the prefix; undefined when somebody else was faster. */
  refresh(id: string, change: Refreshing): Promise<SessionRecord | undefined>;
  /** Newest first; `subject` narrows. Those that have ended are left out. */
  list(
    filter: { readonly subject?: string | undefined; readonly now: number },
    page: Page,
  ): Promise<PageOf<SessionRecord>>;
  /** False when it is not there or has ended. */
  end(id: string, now: number): Promise<boolean>;
  /** Forgets what ended before; how many. */
  prune(before: number): Promise<number>;
}
