/** What a server can see of itself. */
import type { ServerFacts } from '../core/doctor/facts.ts';

export interface Examiner {
  /** Reads only. @throws Refused `store.unavailable` */
  facts(): Promise<ServerFacts>;
}

/** The socket that the server listens on. */
export interface Listener {
  /** When its certificate ends, epoch milliseconds; undefined: it speaks plain text. */
  certificateEnds(): number | undefined;
}
