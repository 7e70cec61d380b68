/** What a server sees of itself: settings, clocks, migrations, transactions that stay open, lease, sealing. */
import type { LongTransaction, ServerFacts } from '../../../core/doctor/facts.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Examiner } from '../../../ports/examiner.ts';
import type { Database } from '../database.ts';
import { LONG, LONG_AFTER, migrationsOf, SETTINGS, skewOf } from '../examine.ts';
import { statement } from '../statement.ts';

interface SettingsRow {
  readonly version: string;
  readonly number: number;
  readonly fsync: boolean;
  readonly synchronous_commit: string;
  readonly now: string;
}

const readSettings = statement({
  name: 'examine_settings',
  text: SETTINGS,
  values: () => [],
  row: (row: SettingsRow) => row,
});

const readLong = statement({
  name: 'examine_long',
  text: LONG,
  values: (seconds: number) => [seconds],
  row: ({ pid, seconds, program, query_id, holds_vacuum }: LongRow): LongTransaction => ({
    pid,
    seconds,
    program,
    queryId: query_id ?? undefined,
    holdsVacuum: holds_vacuum,
  }),
});

interface LongRow {
  readonly pid: number;
  readonly seconds: number;
  readonly program: string;
  readonly query_id: string | null;
  readonly holds_vacuum: boolean;
}

const readApplied = statement({
  name: 'examine_migrations',
  text: 'SELECT number FROM migration',
  values: () => [],
  row: ({ number }: { number: number }) => number,
});

interface StateRow {
  readonly holder: string | null;
  readonly epoch: number | null;
  readonly left_ms: string | null;
  readonly unsealed: string;
  readonly oldest: string | null;
  readonly signs_since: string | null;
}

const readState = statement({
  name: 'examine_state',
  text: `
    SELECT l.holder, l.epoch, extract(epoch FROM l.expires_at - clock_timestamp()) * 1000 AS left_ms,
           u.unsealed, u.oldest, k.signs_since
      FROM (SELECT count(*) AS unsealed, min(at) AS oldest FROM audit_record WHERE height IS NULL) AS u
     CROSS JOIN (SELECT max(active_from) AS signs_since FROM signing_key) AS k
      LEFT JOIN lease AS l ON l.name = 'scheduler'`,
  values: () => [],
  row: (row: StateRow) => row,
});

export class PostgresExaminer implements Examiner {
  readonly #db: Database;
  readonly #clock: Clock;

  readonly #longAfter: number;

  /** @param longAfter what is called a long transaction, seconds */
  constructor(db: Database, clock: Clock, longAfter = LONG_AFTER) {
    this.#longAfter = longAfter;
    this.#db = db;
    this.#clock = clock;
  }

  async facts(): Promise<ServerFacts> {
    const before = this.#clock.now();
    const settings = await this.#db.one(readSettings, undefined);
    const skew = skewOf(Number(settings?.now), before, this.#clock.now());
    const long = await this.#db.run(readLong, this.#longAfter);
    const applied = await this.#db.run(readApplied, undefined);
    const state = await this.#db.one(readState, undefined);
    if (!settings || !state) throw new Error('the database did not answer what always has an answer');
    return {
      version: settings.version,
      versionNumber: settings.number,
      fsync: settings.fsync,
      synchronousCommit: settings.synchronous_commit,
      skew,
      ...migrationsOf(applied),
      long,
      ...stateOf(state, this.#clock.now()),
    };
  }
}

function stateOf(row: StateRow, now: number): Pick<ServerFacts, 'lease' | 'unsealed' | 'signingKeyMs'> {
  const { holder, epoch, left_ms: leftMs, unsealed, oldest, signs_since: since } = row;
  return {
    lease: holder === null ? undefined : { holder, epoch: epoch ?? 0, leftMs: Number(leftMs) },
    unsealed: { count: Number(unsealed), oldestMs: oldest === null ? 0 : now - Number(oldest) },
    signingKeyMs: since === null ? undefined : now - Number(since),
  };
}
