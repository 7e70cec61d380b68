/** Runs one statement outside of the store. */
import { Client, type ClientConfig } from 'pg';

export async function administer(connection: ClientConfig, text: string): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
