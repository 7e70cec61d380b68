/** `doctor` on the store of blobs: what it takes, gives back and removes. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLocalBlobs } from '../../src/adapters/blobs/local-blobs.ts';
import { examineBlobs } from '../../src/operations/system/examine-blobs.ts';
import type { BlobStore } from '../../src/ports/blob-store.ts';

const chance = { uid: () => '01920000-0000-7000-8000-000000000001', random: () => 0 };
const examined = (blobs: BlobStore) => examineBlobs({ blobs, chance }, 0);

function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-blobs-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const inDirectory = (dir: string) => createLocalBlobs({ dir });

const failing = (code: string) => () =>
  Promise.reject(Object.assign(new Error(`${code}: /srv/secret-place`), { code }));

describe('the store of blobs', () => {
  test('that takes and gives is in order, and nothing of the probe is left', async () => {
    const dir = aFolder();
    expect(await examined(inDirectory(dir))).toMatchObject([{ check: 'blobs', level: 'ok' }]);
    expect(readdirSync(dir, { recursive: true }).filter((name) => String(name).includes('probe'))).toEqual(
      [],
    );
  });

  test.each<{ what: string; broken: Partial<BlobStore>; says: string }>([
    { what: 'is full', broken: { put: failing('ENOSPC') }, says: 'written to: there is no room left' },
    { what: 'is read-only', broken: { put: failing('EROFS') }, says: 'mounted read-only' },
    { what: 'fails as only its log tells', broken: { put: failing('X') }, says: 'can not be written to' },
    { what: 'can not be read', broken: { read: failing('EACCES') }, says: 'can not be read from' },
    { what: 'forgets', broken: { read: async () => undefined }, says: 'does not give back' },
    { what: 'does not remove', broken: { removeAll: async () => undefined }, says: 'keeps what was removed' },
  ])('that $what is an error that names no place', async ({ broken, says }) => {
    const [found] = await examined({ ...inDirectory(aFolder()), ...broken });
    expect(found).toMatchObject({ check: 'blobs', level: 'error', what: expect.stringContaining(says) });
    expect(JSON.stringify(found)).not.toContain('secret-place');
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) console.log('skipped: a directory that may not be written to: root may write to all of them');
  test.skipIf(isRoot)('whose directory may not be written to says so', async () => {
    const dir = join(aFolder(), 'blobs');
    mkdirSync(dir);
    const blobs = inDirectory(dir);
    chmodSync(dir, 0o500);
    onTestFinished(() => chmodSync(dir, 0o700));
    expect(await examined(blobs)).toMatchObject([{ what: expect.stringContaining('may not write there') }]);
  });
});
