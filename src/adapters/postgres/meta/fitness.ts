/** What the store asks of a database before it writes anything: a version, durability, a schema it knows. */
import type { QueryResultRow } from 'pg';
import type { Queryable } from '../database.ts';
import { WRITER } from '../migrations/migration.ts';
import { statement } from '../statement.ts';
import { UnfitDatabase } from '../unfit-database.ts';

/** As `server_version_num` counts. */
const OLDEST = 150_000;

interface SettingsRow extends QueryResultRow {
  readonly version: number;
  readonly version_text: string;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly has_schema: boolean;
}

const settings = statement({
  text: `
    SELECT current_setting('server_version_num')::integer AS version,
           current_setting('server_version') AS version_text,
           current_setting('fsync') AS fsync,
           current_setting('synchronous_commit') AS synchronous_commit,
           to_regclass('meta') IS NOT NULL AS has_schema`,
  values: (_: undefined) => [],
  row: (row: SettingsRow) => row,
});

const minWriter = statement({
  text: 'SELECT min_writer FROM meta',
  values: (_: undefined) => [],
  row: (row: { min_writer: number }) => row.min_writer,
});

/** @throws UnfitDatabase */
export async function checkFitness(on: Queryable, allowUnsafe: boolean): Promise<void> {
  const found = (await on.one(settings, undefined))!;
  if (found.version < OLDEST) {
    throw new UnfitDatabase('TooOld', {
      message: `this is PostgreSQL ${found.version_text}`,
      next: 'Use PostgreSQL 15 or newer.',
    });
  }
  if (!allowUnsafe) checkDurable(found);
  if (found.has_schema) await checkWriter(on);
}

function checkDurable(found: SettingsRow): void {
  const off = (['fsync', 'synchronous_commit'] as const).find((name) => found[name] === 'off');
  if (!off) return;
  throw new UnfitDatabase('NotDurable', {
    message: `${off} is off, so an acknowledged submission could be lost`,
    next: `Switch ${off} on, or say that losing jobs is acceptable here.`,
  });
}

/** @throws UnfitDatabase when a newer program has said that ones like this must not write any more. */
export async function checkWriter(on: Queryable): Promise<void> {
  const lowest = await on.one(minWriter, undefined);
  if (lowest === undefined || lowest <= WRITER) return;
  throw new UnfitDatabase('NewerSchema', {
    message: `the database was migrated for writers of generation ${lowest}, this program is of generation ${WRITER}`,
    next: 'Run the newer release.',
  });
}
