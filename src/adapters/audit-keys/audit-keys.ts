/**
 * The audit's signing key, in files of the data directory: `signing.key` (0600), `signing.pub` beside it,
 * and `audit-heads.jsonl`, every head that this server signed. Whoever gets into the database alone has
 * neither. Other `*.pub` files there are pinned as well: keys of other replicas, and former ones.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Signed } from '../../core/audit/signed.ts';
import type { AuditKeys } from '../../ports/audit-keys.ts';

const KEY = 'signing.key';
const PUBLIC = 'signing.pub';
const HEADS = 'audit-heads.jsonl';

/** Longer than this, the file of heads is put aside and begun anew: the last ones cover all before. */
const MOST_BYTES = 16 * 1024 * 1024;

/** @throws when the key cannot be read or made: without it the audit would prove nothing. */
export async function openAuditKeys(dir: string): Promise<AuditKeys> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const key = await ownKey(dir);
  const publicKey = pemOf(createPublicKey(key));
  await writeWhole(join(dir, PUBLIC), publicKey, 0o644);
  const pinned = await pinnedKeys(dir);
  const keyId = thumbprint(createPublicKey(key));
  const heads = join(dir, HEADS);
  return {
    name: `${hostname()}.${keyId.slice(0, 8)}`,
    publicKey,
    digest,
    sign: (body) => ({ body, keyId, signature: sign(null, Buffer.from(body), key).toString('base64url') }),
    signedBy: signedByAnyOf(pinned),
    note: (head) => appendLine(heads, head),
    noted: () => readHeads(heads),
  };
}

/** SHA-256, hexadecimal. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Of an Ed25519 key: SHA-256 of its public bytes (SPKI), base64url. */
export function thumbprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

export function signedByAnyOf(keys: readonly KeyObject[]): AuditKeys['signedBy'] {
  const byId = new Map(keys.map((key) => [thumbprint(key), key]));
  return ({ body, keyId, signature }) => {
    const key = byId.get(keyId);
    return key && verify(null, Buffer.from(body), key, Buffer.from(signature, 'base64url'));
  };
}

async function ownKey(dir: string): Promise<KeyObject> {
  const path = join(dir, KEY);
  const existing = await orNothing(readFile(path, 'utf8'));
  if (existing !== undefined) {
    await chmod(path, 0o600);
    return createPrivateKey(existing);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeOnce(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  // Another server may have been first.
  return createPrivateKey(await readFile(path, 'utf8'));
}

async function pinnedKeys(dir: string): Promise<KeyObject[]> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.pub'));
  return Promise.all(files.map(async (name) => createPublicKey(await readFile(join(dir, name), 'utf8'))));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** Complete or not there; what is there stays. */
async function writeOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeWhole(draft, text, 0o600);
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

/** Complete or not there. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const draft = await open(`${path}.new-${process.pid}`, 'w', mode);
  try {
    await draft.writeFile(text);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new-${process.pid}`, path);
}

async function appendLine(path: string, head: Signed): Promise<void> {
  const size = (await orNothing(stat(path)))?.size ?? 0;
  if (size > MOST_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  try {
    await file.appendFile(`${JSON.stringify(head)}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function readHeads(path: string): Promise<Signed[]> {
  const text = (await orNothing(readFile(path, 'utf8'))) ?? '';
  // Without its end, a last line was cut off by a crash.
  const lines = text.split('\n').slice(0, -1);
  return lines.flatMap((line) => parsed(line) ?? []);
}

function parsed(line: string): Signed | undefined {
  try {
    return JSON.parse(line) as Signed;
  } catch {
    return undefined;
  }
}

async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
