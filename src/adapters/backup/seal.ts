/**
 * What opens doors, under a passphrase: scrypt makes the key (128 MiB and about half a second a guess),
 * AES-256-GCM seals, and the header of the file is bound to it.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { BackupError } from './errors.ts';
import type { Header, KeysHead } from './format.ts';

const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const KEY_BYTES = 32;
const SHORTEST = 12;

const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

/** Everything that `--with-keys` adds. */
export interface Keys {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly rows: readonly string[];
  }[];
  /** Secret files of the data directory by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Sealed {
  readonly head: KeysHead;
  readonly bytes: Buffer;
}

/** @throws BackupError `Passphrase` when it is too short */
export function checkPassphrase(passphrase: string): void {
  if (passphrase.length >= SHORTEST) return;
  throw new BackupError('Passphrase', {
    message: `the passphrase has fewer than ${SHORTEST} characters`,
    next: 'Choose a longer one: whoever finds the file may guess for as long as they like.',
  });
}

export async function seal(keys: Keys, passphrase: string, header: Header): Promise<Sealed> {
  checkPassphrase(passphrase);
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, salt, KEY_BYTES, COST), nonce);
  cipher.setAAD(boundTo(header));
  const bytes = Buffer.concat([cipher.update(JSON.stringify(keys), 'utf8'), cipher.final()]);
  const text = (part: Buffer) => part.toString('base64');
  return { head: { salt: text(salt), nonce: text(nonce), tag: text(cipher.getAuthTag()) }, bytes };
}

/** @throws BackupError `Passphrase`: a wrong one and an altered content look the same */
export async function unseal({ head, bytes }: Sealed, passphrase: string, header: Header): Promise<Keys> {
  const [salt, nonce, tag] = [head.salt, head.nonce, head.tag].map((text) => Buffer.from(text, 'base64'));
  try {
    const key = await derive(passphrase, salt!, KEY_BYTES, COST);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce!, { authTagLength: 16 });
    decipher.setAAD(boundTo(header));
    decipher.setAuthTag(tag!);
    return JSON.parse(Buffer.concat([decipher.update(bytes), decipher.final()]).toString()) as Keys;
  } catch (cause) {
    throw new BackupError('Passphrase', {
      message: 'the keys in the backup do not open with this passphrase',
      next: 'Give the one that the backup was made with, or restore without --with-keys.',
      cause,
    });
  }
}

function boundTo({ format, createdAt, epoch }: Header): Buffer {
  return Buffer.from(`capstan-backup ${format} ${createdAt} ${epoch}`);
}
