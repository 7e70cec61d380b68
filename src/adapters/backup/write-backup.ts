/** Writes a backup: complete under its name, with mode 0600, or not there at all. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupError } from './errors.ts';
import {
  blobEntry,
  type Control,
  controlLine,
  type End,
  FORMAT,
  type Header,
  KEY_TABLES,
  type Manifest,
  type TableHead,
} from './format.ts';
import { type Keys, seal } from './seal.ts';
import type { Snapshot } from './snapshot.ts';

export interface BlobSource {
  readonly key: string;
  content(): AsyncIterable<Uint8Array>;
}

export interface BackupSource {
  readonly snapshot: Snapshot;
  readonly program: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Looked through only after the tables: what they speak of is there by then. */
  readonly blobs: AsyncIterable<BlobSource>;
  /** With `--with-keys`: the passphrase, and the secret files beside the database. */
  readonly keys?:
    | { readonly passphrase: string; readonly files: Readonly<Record<string, string>> }
    | undefined;
  /** Public, PEM. */
  readonly auditKeys?: readonly string[] | undefined;
  readonly onProgress?: ((done: Progress) => void) | undefined;
}

export interface Progress {
  readonly rows: number;
  readonly blobs: number;
  readonly bytes: number;
}

/** @throws BackupError `FileExists`: a backup is never overwritten */
export async function writeBackup(file: string, source: BackupSource): Promise<Manifest> {
  if (await stat(file).catch(() => undefined)) throw fileExists(file);
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  const lines = new Lines(source);
  try {
    await pipeline(
      Readable.from(lines.all(), { objectMode: true, highWaterMark: 4 }),
      createGzip({ level: 6 }),
      createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }),
    );
    await publish(draft, file);
    return lines.manifest;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** By a link, which refuses a name that somebody took meanwhile; not every file system has links. */
async function publish(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
    await rm(draft);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(file);
    await rename(draft, file);
  }
  const dir = await open(dirname(file), 'r');
  try {
    await dir.sync();
  } finally {
    await dir.close();
  }
}

function fileExists(file: string): BackupError {
  return new BackupError('FileExists', {
    message: `${file} is there already`,
    next: 'Choose another name: a backup is never overwritten.',
  });
}

/** Of one section's content. */
class Tally {
  readonly #hash = createHash('sha256');
  #count = 0;
  #bytes = 0;

  add(part: string | Uint8Array, count: number): void {
    this.#hash.update(part);
    this.#count += count;
    this.#bytes += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  }

  end(): End {
    return { count: this.#count, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

const PIECE = 384 * 1024;

class Lines {
  readonly #source: BackupSource;
  readonly #tables: (End & { readonly name: string })[] = [];
  readonly #blobs = { count: 0, bytes: 0, hash: createHash('sha256') };
  #rows = 0;
  #manifest: Manifest | undefined;

  constructor(source: BackupSource) {
    this.#source = source;
  }

  /** Known when all lines were taken. */
  get manifest(): Manifest {
    if (!this.#manifest) throw new Error('the backup is not written yet');
    return this.#manifest;
  }

  async *all(): AsyncGenerator<string> {
    const { snapshot, program, now, keys } = this.#source;
    const { epoch, migrations } = snapshot;
    const header: Header = { format: FORMAT, program, createdAt: now, epoch, migrations };
    yield controlLine(['capstan-backup', header]);
    for (const table of snapshot.tables) if (!KEY_TABLES.has(table.name)) yield* this.#table(table);
    for await (const blob of this.#source.blobs) yield* this.#blob(blob);
    if (keys) yield* this.#keys(header, keys);
    this.#manifest = await this.#summary();
    yield controlLine(['manifest', this.#manifest]);
  }

  async *#table(head: TableHead): AsyncGenerator<string> {
    yield controlLine(['table', head]);
    const tally = new Tally();
    for await (const rows of this.#source.snapshot.rows(head)) {
      const text = `${rows.join('\n')}\n`;
      tally.add(text, rows.length);
      this.#rows += rows.length;
      this.#tell();
      yield text;
    }
    const end = tally.end();
    this.#tables.push({ name: head.name, ...end });
    yield controlLine(['end', end]);
  }

  async *#blob({ key, content }: BlobSource): AsyncGenerator<string> {
    const end = yield* this.#pieces(['blob', { key }], content());
    this.#blobs.count += 1;
    this.#blobs.bytes += end.bytes;
    this.#blobs.hash.update(blobEntry(key, end));
    this.#tell();
  }

  async *#pieces(
    head: Control,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<string, End> {
    yield controlLine(head);
    const tally = new Tally();
    for await (const chunk of content) {
      for (let from = 0; from < chunk.length; from += PIECE) {
        const piece = chunk.subarray(from, from + PIECE);
        tally.add(piece, 1);
        yield controlLine(['data', Buffer.from(piece).toString('base64')]);
      }
    }
    const end = tally.end();
    yield controlLine(['end', end]);
    return end;
  }

  async *#keys(
    header: Header,
    { passphrase, files }: NonNullable<BackupSource['keys']>,
  ): AsyncGenerator<string> {
    const { snapshot } = this.#source;
    const tables: Keys['tables'][number][] = [];
    for (const head of snapshot.tables.filter(({ name }) => KEY_TABLES.has(name))) {
      const rows: string[] = [];
      for await (const batch of snapshot.rows(head)) rows.push(...batch);
      tables.push({ ...head, rows });
    }
    const { head, bytes } = await seal({ tables, files }, passphrase, header);
    yield* this.#pieces(['keys', head], [bytes]);
  }

  async #summary(): Promise<Manifest> {
    const { count, bytes, hash } = this.#blobs;
    return {
      format: FORMAT,
      tables: this.#tables,
      blobs: { count, bytes, sha256: hash.digest('hex') },
      sequences: await this.#source.snapshot.sequences(),
      withKeys: this.#source.keys !== undefined,
      auditKeys: this.#source.auditKeys ?? [],
    };
  }

  #tell(): void {
    const { count, bytes } = this.#blobs;
    this.#source.onProgress?.({ rows: this.#rows, blobs: count, bytes });
  }
}
