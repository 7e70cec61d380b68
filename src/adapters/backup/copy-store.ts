/**
 * Copies a whole store, its keys included, into an empty one of the same schema, as one snapshot saw it;
 * then reads the copy back and compares. All of it is one transaction of the target: it is there whole,
 * or not at all.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { BackupError } from './errors.ts';
import type { TableHead } from './format.ts';
import { forgetTransactions, RowBatch, setSequences } from './load-tables.ts';
import { type Connection, patientClient, rowsOf, type Snapshot } from './snapshot.ts';

export interface CopyOptions {
  readonly from: Snapshot;
  readonly to: Connection;
  readonly onProgress?: ((done: { readonly copied: number; readonly compared: number }) => void) | undefined;
}

export interface Copied {
  readonly rows: number;
  readonly tables: number;
}

/** @throws BackupError `CopyDiffers`, naming the table; nothing is in the target then */
export async function copyStore(options: CopyOptions): Promise<Copied> {
  const client = patientClient(options.to, 'capstan-upgrade');
  await client.connect();
  try {
    await client.query('BEGIN');
    // No trigger and no reference is checked: the rows were sound where they come from.
    await client.query('SET LOCAL session_replication_role = replica');
    const copied = await new Copying(client, options).run();
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return copied;
  } finally {
    await client.end();
  }
}

class Copying {
  readonly #client: pg.Client;
  readonly #options: CopyOptions;
  readonly #done = { copied: 0, compared: 0 };

  constructor(client: pg.Client, options: CopyOptions) {
    this.#client = client;
    this.#options = options;
  }

  async run(): Promise<Copied> {
    const { from } = this.#options;
    for (const { name, of, bound } of from.partitions) {
      const [table, parent] = [name, of].map((word) => pg.escapeIdentifier(word));
      await this.#client.query(`CREATE TABLE ${table} PARTITION OF ${parent} ${bound}`);
    }
    for (const table of from.tables) {
      const written = await this.#copy(table);
      const found = await this.#read(table);
      if (found.count !== written.count || found.sum !== written.sum) throw differs(table, written, found);
    }
    await forgetTransactions(this.#client);
    await setSequences(this.#client, await from.sequences());
    return { rows: this.#done.copied, tables: from.tables.length };
  }

  async #copy(table: TableHead): Promise<RowSum> {
    const batch = new RowBatch(this.#client, table);
    const sum = new RowSum();
    for await (const lines of this.#options.from.rows(table)) {
      for (const line of lines) {
        sum.add(line);
        await batch.add(line);
      }
      this.#tell('copied', lines.length);
    }
    await batch.flush();
    return sum;
  }

  async #read(table: TableHead): Promise<RowSum> {
    const sum = new RowSum();
    for await (const lines of rowsOf(this.#client, table)) {
      for (const line of lines) sum.add(line);
      this.#tell('compared', lines.length);
    }
    return sum;
  }

  #tell(what: 'copied' | 'compared', rows: number): void {
    this.#done[what] += rows;
    this.#options.onProgress?.(this.#done);
  }
}

function differs({ name }: TableHead, written: RowSum, found: RowSum): BackupError {
  return new BackupError('CopyDiffers', {
    message: `the copy of table ${name} is not what was written: ${found.count} rows against ${written.count}, or others`,
    next: 'Nothing was changed. Look at the disk, then start again; if it stays, use `capstan backup`.',
  });
}

/**
 * Of rows in whatever order: two databases need not read a table in the same one. The sum of SHA-256
 * modulo 2²⁵⁶ (AdHash, Bellare and Micciancio 1997) finds damage, not a forger.
 */
class RowSum {
  count = 0;
  #sum = 0n;

  get sum(): bigint {
    return this.#sum;
  }

  add(line: string): void {
    this.count += 1;
    const digest = createHash('sha256').update(line).digest('hex');
    this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${digest}`));
  }
}
