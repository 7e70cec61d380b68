/**
 * The file of a backup: gzip'd JSON lines. A control line is an array whose first member says what it
 * is, a row is an object as PostgreSQL writes it. The manifest stands last, since only then all is
 * known; a file without one broke off.
 *
 *     ["capstan-backup", header]
 *     ["table", {name, columns}]   {row} …            ["end", {count, bytes, sha256}]
 *     ["blob", {key}]              ["data", base64] … ["end", {count, bytes, sha256}]
 *     ["keys", {salt, nonce, tag}] ["data", base64] … ["end", {count, bytes, sha256}]
 *     ["manifest", manifest]
 *
 * One stream can be written and checked in constant memory, `zcat FILE | head` reads it, and nothing
 * beyond the runtime is needed. Base64 costs little: gzip takes back most of what it adds.
 */

export const FORMAT = 1;

/** As the schema's record has it. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

export interface Header {
  readonly format: number;
  /** The version of the program that wrote it. */
  readonly program: string;
  /** Epoch milliseconds: when the snapshot was taken. */
  readonly createdAt: number;
  /** The store that it was taken from; the restored one has a new epoch. */
  readonly epoch: string;
  readonly migrations: readonly AppliedMigration[];
}

export interface TableHead {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface BlobHead {
  readonly key: string;
}

/** All base64; how the key is made of the passphrase follows from the format's number. */
export interface KeysHead {
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
}

/** `count` is of rows or of pieces; `bytes` and `sha256` are of the rows' lines, or of the content. */
export interface End {
  readonly count: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: number;
  readonly tables: readonly (End & { readonly name: string })[];
  /** `sha256` is over the list: `KEY BYTES SHA256` and a line break for each blob, in the file's order. */
  readonly blobs: { readonly count: number; readonly bytes: number; readonly sha256: string };
  /** By name; at least what the snapshot used. */
  readonly sequences: Readonly<Record<string, string>>;
  readonly withKeys: boolean;
  /** Public keys (PEM) that the audit's heads were signed with: the restored store pins them as former ones. */
  readonly auditKeys: readonly string[];
}

export type Control =
  | readonly ['capstan-backup', Header]
  | readonly ['table', TableHead]
  | readonly ['blob', BlobHead]
  | readonly ['keys', KeysHead]
  | readonly ['data', string]
  | readonly ['end', End]
  | readonly ['manifest', Manifest];

export function controlLine(control: Control): string {
  return `${JSON.stringify(control)}\n`;
}

/** How the list of blobs is hashed. */
export function blobEntry(key: string, { bytes, sha256 }: Pick<End, 'bytes' | 'sha256'>): string {
  return `${key} ${bytes} ${sha256}\n`;
}

/** Tables that hold what opens a door; they leave only sealed, with `--with-keys`. */
export const KEY_TABLES: ReadonlySet<string> = new Set([
  'api_key',
  'session',
  'signing_key',
  'webhook',
  'webhook_delivery',
]);

/** Made anew by the restored store: its schema's record, its epoch, who schedules, what is decided from then on. */
export const OWN_TABLES: ReadonlySet<string> = new Set(['migration', 'meta', 'lease', 'scheduling_decision']);

/** A secret file at the top of the data directory. */
export const KEY_FILE = /^[a-z0-9][a-z0-9.-]{0,60}\.key$/;
