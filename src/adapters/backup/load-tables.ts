/**
 * Puts the parts of a backup into an empty, migrated store: the rows in one transaction that commits only
 * when the manifest has agreed with all of it, the blobs as they come.
 */
import pg from 'pg';
import type { BlobStore } from '../../ports/blob-store.ts';
import { BackupError, damaged } from './errors.ts';
import { type AppliedMigration, type Header, KEY_TABLES, type Manifest, type TableHead } from './format.ts';
import { type Part, readBackup } from './read-backup.ts';
import { type Keys, type Sealed, unseal } from './seal.ts';
import { type Connection, patientClient } from './snapshot.ts';

export interface LoadOptions {
  readonly file: string;
  readonly connection: Connection;
  readonly blobs: BlobStore;
  /** With `--with-keys`. */
  readonly passphrase?: string | undefined;
  readonly onProgress?: ((done: { readonly rows: number; readonly blobs: number }) => void) | undefined;
}

export interface Loaded {
  readonly manifest: Manifest;
  /** Secret files for the data directory. */
  readonly keyFiles: Readonly<Record<string, string>>;
}

/** @throws BackupError; nothing is committed then, though blobs may have been written */
export async function loadBackup(options: LoadOptions): Promise<Loaded> {
  const client = patientClient(options.connection, 'capstan-restore');
  await client.connect();
  try {
    await client.query('BEGIN');
    // No trigger and no reference is checked: the rows were sound where they come from.
    await client.query('SET LOCAL session_replication_role = replica');
    const loaded = await new Loading(client, options).run();
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return loaded;
  } finally {
    await client.end();
  }
}

/** So many rows, or so many characters, are sent at once. */
const BATCH_ROWS = 1000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

class Loading {
  readonly #client: pg.Client;
  readonly #options: LoadOptions;
  readonly #parts: AsyncGenerator<Part>;
  readonly #done = { rows: 0, blobs: 0 };
  #keys: Sealed | undefined;
  #header: Header | undefined;

  constructor(client: pg.Client, options: LoadOptions) {
    this.#client = client;
    this.#options = options;
    this.#parts = readBackup(options.file);
  }

  async run(): Promise<Loaded> {
    let manifest: Manifest | undefined;
    for (let part = await this.#next(); part; part = await this.#next()) {
      if (part.kind === 'header') await this.#begin(part.header);
      if (part.kind === 'table') await this.#table(part.table);
      if (part.kind === 'blob') await this.#blob(part.blob.key);
      if (part.kind === 'keys') this.#keys = { head: part.keys, bytes: await this.#bytes() };
      if (part.kind === 'manifest') manifest = part.manifest;
    }
    if (!manifest) throw damaged('it has no manifest');
    const keyFiles = await this.#open();
    await forgetTransactions(this.#client);
    await setSequences(this.#client, manifest.sequences);
    return { manifest, keyFiles };
  }

  async #next(): Promise<Part | undefined> {
    const { done, value } = await this.#parts.next();
    return done ? undefined : value;
  }

  /** The schema must be the one that the rows come from. */
  async #begin(header: Header): Promise<void> {
    this.#header = header;
    const text = 'SELECT number, name, checksum FROM migration ORDER BY number';
    const { rows } = await this.#client.query<AppliedMigration>(text);
    const differs = header.migrations.find(
      ({ number, checksum }, place) => rows[place]?.number !== number || rows[place]?.checksum !== checksum,
    );
    if (!differs && rows.length === header.migrations.length) return;
    throw new BackupError('ChangedMigration', {
      message: `the backup was made with another migration ${differs?.number ?? rows.length} than this program has`,
      next: `Restore it with Capstan ${header.program}, which wrote it.`,
    });
  }

  async #table(table: TableHead): Promise<void> {
    if (KEY_TABLES.has(table.name)) throw damaged(`table ${table.name} stands outside of its sealed part`);
    const rows = new RowBatch(this.#client, table);
    for (let part = await this.#next(); part?.kind === 'row'; part = await this.#next()) {
      await rows.add(part.line);
      this.#done.rows += 1;
    }
    await rows.flush();
    this.#options.onProgress?.(this.#done);
  }

  async #blob(key: string): Promise<void> {
    await this.#options.blobs.put(key, this.#content());
    this.#done.blobs += 1;
    this.#options.onProgress?.(this.#done);
  }

  async *#content(): AsyncGenerator<Buffer> {
    for (let part = await this.#next(); part?.kind === 'data'; part = await this.#next()) yield part.bytes;
  }

  async #bytes(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.#content()) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** What was sealed, when it was asked for. */
  async #open(): Promise<Keys['files']> {
    const { passphrase } = this.#options;
    if (passphrase === undefined) return {};
    if (!this.#keys || !this.#header) throw noKeys();
    const { tables, files } = await unseal(this.#keys, passphrase, this.#header);
    for (const { rows, ...table } of tables) {
      if (!KEY_TABLES.has(table.name)) throw damaged(`the sealed part holds table ${table.name}`);
      const batch = new RowBatch(this.#client, table);
      for (const line of rows) await batch.add(line);
      await batch.flush();
    }
    return files;
  }
}

function noKeys(): BackupError {
  return new BackupError('NoKeys', {
    message: 'the backup holds no keys: it was made without --with-keys',
    next: 'Restore without --with-keys; the first `capstan up` makes a new key for the administrator.',
  });
}

export class RowBatch {
  readonly #client: pg.Client;
  readonly #text: string;
  #lines: string[] = [];
  #characters = 0;

  constructor(client: pg.Client, { name, columns }: TableHead) {
    this.#client = client;
    const table = pg.escapeIdentifier(name);
    const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    // PostgreSQL reads its own JSON back: no number passes through one of ours.
    this.#text = `INSERT INTO ${table} (${list}) OVERRIDING SYSTEM VALUE
      SELECT ${list} FROM json_populate_recordset(NULL::${table}, $1::json)`;
  }

  async add(line: string): Promise<void> {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#lines.length >= BATCH_ROWS || this.#characters >= BATCH_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const rows = `[${this.#lines.join(',')}]`;
    this.#lines = [];
    this.#characters = 0;
    await this.#client.query(this.#text, [rows]);
  }
}

/**
 * Transaction ids of the old cluster that are yet to come in this one would be told as new when its
 * counter reaches them: such events get this transaction's, and keep their order by sequence.
 */
export async function forgetTransactions(client: pg.Client): Promise<void> {
  await client.query('UPDATE event SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()');
  await client.query('UPDATE agent SET connected = false');
}

export async function setSequences(client: pg.Client, sequences: Manifest['sequences']): Promise<void> {
  for (const [name, last] of Object.entries(sequences)) {
    await client.query('SELECT setval($1::text::regclass, $2::bigint)', [pg.escapeIdentifier(name), last]);
  }
}
