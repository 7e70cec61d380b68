/** A connection of a test's own, for what the store never does: holding a transaction open, ending others. */
import { Client, type ClientConfig, type QueryResultRow } from 'pg';

export interface Session extends AsyncDisposable {
  run(text: string, values?: readonly unknown[]): Promise<QueryResultRow[]>;
}

export async function openSession(connection: ClientConfig): Promise<Session> {
  const client = new Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: async (text, values = []) => (await client.query(text, [...values])).rows,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Ends every connection to the database but the asking one, as a restart would. */
export const END_OTHERS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid()`;
