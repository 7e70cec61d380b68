/** Takes a part away that is rows of a table: what is inserted there vanishes, until this is disposed of. */
import pg from 'pg';
import type { ConnectionConfig } from '../../src/adapters/embedded-postgres/embedded-postgres.ts';

/** @param table one of ours, or undefined: nothing is taken away */
export async function withoutRows(
  config: ConnectionConfig,
  table: string | undefined,
): Promise<AsyncDisposable> {
  if (table === undefined) return { [Symbol.asyncDispose]: async () => undefined };
  const client = new pg.Client({ ...config, ssl: false });
  await client.connect();
  await client.query(`
    CREATE OR REPLACE FUNCTION bench_vanish() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER bench_vanish BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION bench_vanish();`);
  return {
    [Symbol.asyncDispose]: async () => {
      await client.query(`DROP TRIGGER bench_vanish ON ${table}`);
      await client.end();
    },
  };
}
