/**
 * Reads a backup as a stream of parts, checking each section against its hash when it ends and all of
 * them against the manifest. The file is not trusted: a part that does not belong is an error.
 */
import { createHash } from 'node:crypto';
import { BackupError, damaged } from './errors.ts';
import {
  type BlobHead,
  blobEntry,
  type Control,
  type End,
  FORMAT,
  type Header,
  type KeysHead,
  type Manifest,
  type TableHead,
} from './format.ts';
import { linesOf, truncated } from './lines.ts';

export type Part =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'table'; readonly table: TableHead }
  | { readonly kind: 'row'; readonly line: string }
  | { readonly kind: 'blob'; readonly blob: BlobHead }
  | { readonly kind: 'keys'; readonly keys: KeysHead }
  | { readonly kind: 'data'; readonly bytes: Buffer }
  /** Of the section that was open: it is as it was written. */
  | { readonly kind: 'end'; readonly end: End }
  | { readonly kind: 'manifest'; readonly manifest: Manifest };

/** Until the manifest, which comes last. @throws BackupError, naming the section that is wrong */
export async function* readBackup(file: string): AsyncGenerator<Part> {
  const check = new Check();
  for await (const line of linesOf(file)) yield check.take(line);
  if (!check.complete) throw truncated();
}

/** Reads all of it. @throws BackupError */
export async function verifyBackup(file: string): Promise<{ header: Header; manifest: Manifest }> {
  let header: Header | undefined;
  let manifest: Manifest | undefined;
  for await (const part of readBackup(file)) {
    if (part.kind === 'header') header = part.header;
    if (part.kind === 'manifest') manifest = part.manifest;
  }
  if (!header || !manifest) throw truncated();
  return { header, manifest };
}

interface Section {
  readonly kind: 'table' | 'blob' | 'keys';
  /** For people. */
  readonly name: string;
  readonly hash: ReturnType<typeof createHash>;
  count: number;
  bytes: number;
}

class Check {
  #begun = false;
  #complete = false;
  #section: Section | undefined;
  #hasKeys = false;
  readonly #tables: (End & { readonly name: string })[] = [];
  readonly #blobs = { count: 0, bytes: 0, hash: createHash('sha256') };

  get complete(): boolean {
    return this.#complete;
  }

  take(line: string): Part {
    if (this.#complete) throw damaged('something follows its manifest');
    if (line.startsWith('{')) return this.#row(line);
    const control = parsed(line);
    if (!this.#begun) return this.#begin(control);
    if (control[0] === 'data') return this.#data(control[1]);
    if (control[0] === 'end') return this.#end(control[1]);
    if (this.#section) throw damaged(`${this.#section.name} does not end before something else begins`);
    return this.#open(control);
  }

  #begin(control: Control): Part {
    if (control[0] !== 'capstan-backup') throw notABackup();
    checkFormat(control[1]);
    this.#begun = true;
    return { kind: 'header', header: control[1] };
  }

  #open(control: Control): Part {
    switch (control[0]) {
      case 'table':
        this.#section = sectionOf('table', `table ${control[1].name}`);
        return { kind: 'table', table: control[1] };
      case 'blob':
        this.#section = sectionOf('blob', `blob ${control[1].key}`);
        return { kind: 'blob', blob: control[1] };
      case 'keys':
        this.#section = sectionOf('keys', 'the keys');
        this.#hasKeys = true;
        return { kind: 'keys', keys: control[1] };
      case 'manifest':
        this.#compare(control[1]);
        this.#complete = true;
        return { kind: 'manifest', manifest: control[1] };
      default:
        throw damaged(`an unexpected line: ${String(control[0]).slice(0, 40)}`);
    }
  }

  #row(line: string): Part {
    if (!this.#begun) throw notABackup();
    if (this.#section?.kind !== 'table') throw damaged('a row stands outside of any table');
    add(this.#section, `${line}\n`);
    return { kind: 'row', line };
  }

  #data(text: string): Part {
    if (!this.#section || this.#section.kind === 'table') throw damaged('bytes stand outside of any blob');
    const bytes = Buffer.from(text, 'base64');
    add(this.#section, bytes);
    return { kind: 'data', bytes };
  }

  #end(said: End): Part {
    const section = this.#section;
    if (!section) throw damaged('an end without a beginning');
    const { kind, name, count, bytes } = section;
    const end = { count, bytes, sha256: section.hash.digest('hex') };
    compare(name, said, end);
    if (kind === 'table') this.#tables.push({ name: name.slice('table '.length), ...end });
    if (kind === 'blob') {
      this.#blobs.count += 1;
      this.#blobs.bytes += bytes;
      this.#blobs.hash.update(blobEntry(name.slice('blob '.length), end));
    }
    this.#section = undefined;
    return { kind: 'end', end };
  }

  #compare({ tables, blobs, withKeys }: Manifest): void {
    for (const table of tables) {
      const found = this.#tables.find(({ name }) => name === table.name);
      if (!found) throw damaged(`table ${table.name} is missing`);
      compare(`table ${table.name}`, table, found);
    }
    if (this.#tables.length !== tables.length)
      throw damaged('it holds a table that its manifest does not list');
    if (blobs.count !== this.#blobs.count) {
      throw damaged(`it holds ${this.#blobs.count} blobs, its manifest says ${blobs.count}`);
    }
    if (blobs.sha256 !== this.#blobs.hash.digest('hex'))
      throw damaged('the list of its blobs is not the one of its manifest');
    if (withKeys !== this.#hasKeys) throw damaged('its keys are missing, or were added');
  }
}

function sectionOf(kind: Section['kind'], name: string): Section {
  return { kind, name, hash: createHash('sha256'), count: 0, bytes: 0 };
}

function add(section: Section, part: string | Buffer): void {
  section.hash.update(part);
  section.count += 1;
  section.bytes += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
}

function compare(name: string, said: End, found: End): void {
  if (said.count !== found.count) throw damaged(`${name} holds ${found.count} parts, not ${said.count}`);
  if (said.sha256 !== found.sha256 || said.bytes !== found.bytes)
    throw damaged(`${name} is not what its hash says`);
}

function parsed(line: string): Control {
  try {
    const control: unknown = JSON.parse(line);
    if (Array.isArray(control) && control.length === 2 && control[1] !== null)
      return control as unknown as Control;
  } catch {
    // Told below: what it is instead does not matter.
  }
  throw damaged('a line is not one of a backup');
}

function notABackup(): BackupError {
  return new BackupError('NotABackup', {
    message: 'the file is no backup of Capstan',
    next: 'Name a file that `capstan backup` wrote.',
  });
}

function checkFormat({ format, program, migrations }: Header): void {
  if (format > FORMAT) {
    throw new BackupError('NewerFormat', {
      message: `the backup was written by Capstan ${program} in format ${format}; this one reads up to ${FORMAT}`,
      next: 'Restore it with that release or a newer one.',
    });
  }
  if (format !== FORMAT || !Array.isArray(migrations)) throw notABackup();
}
