/** What a doctor knows of a database and of a server. */
export interface LongTransaction {
  readonly pid: number;
  readonly seconds: number;
  /** As it calls itself; empty: it does not. */
  readonly program: string;
  /** To be looked up in pg_stat_statements. The text of a query may hold secrets, and is not read. */
  readonly queryId?: string | undefined;
  /** Nothing that ended after it began can be cleaned up. */
  readonly holdsVacuum?: boolean | undefined;
}

export interface DatabaseFacts {
  /** `18.4` */
  readonly version: string;
  /** As `server_version_num` counts. */
  readonly versionNumber: number;
  readonly fsync: boolean;
  readonly synchronousCommit: string;
  /** Its clock less ours, milliseconds. */
  readonly skew: number;
  /** Names of migrations that this program has and the database has not. */
  readonly missing: readonly string[];
  /** Numbers of migrations that only the database has. */
  readonly unknown: readonly number[];
  /** Transactions that are open for longer than five minutes: they hold cursors and cleaning back. */
  readonly long: readonly LongTransaction[];
}

/** What a server sees of itself in its database. */
export interface ServerFacts extends DatabaseFacts {
  /** Of the scheduler; absent: nobody ever held it. */
  readonly lease?: { readonly holder: string; readonly epoch: number; readonly leftMs: number } | undefined;
  /** Audit records that no block seals yet. */
  readonly unsealed: { readonly count: number; readonly oldestMs: number };
  /** Age of the newest key that signs access tokens; absent: none does. */
  readonly signingKeyMs?: number | undefined;
}

export interface AgentFacts {
  readonly name: string;
  readonly connected: boolean;
  readonly silentMs: number;
}
