import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blobConformance, chunks, textAt } from '../../ports/testing/blob-conformance.ts';
import { createLocalBlobs } from './local-blobs.ts';

async function open() {
  const base = await mkdtemp(join(tmpdir(), 'capstan-blobs-'));
  const dir = join(base, 'made', 'blobs');
  return { base, dir, blobs: createLocalBlobs({ dir }), close: () => rm(base, { recursive: true }) };
}

blobConformance('a local directory', open);

describe('blobs in a local directory', () => {
  let under: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    under = await open();
  });
  afterEach(() => under.close());

  test('writes nothing beside its own directory', async () => {
    await under.blobs.put('a/b', chunks('x'));
    await under.blobs.put('../escaped', chunks('x')).catch(() => undefined);
    await under.blobs.removeAll('../').catch(() => undefined);
    expect(await readdir(under.base)).toEqual(['made']);
    expect(await readdir(join(under.base, 'made'))).toEqual(['blobs']);
  });

  test('leaves nothing half-written behind', async () => {
    const broken = async function* () {
      yield Buffer.from('half');
      throw new Error('broken');
    };
    await expect(under.blobs.put('a', broken())).rejects.toThrow('broken');
    expect(await readdir(join(under.dir, '~pending'))).toEqual([]);
  });

  test('is for its owner only', async () => {
    await under.blobs.put('a', chunks('x'));
    expect((await stat(join(under.dir, 'a~'))).mode & 0o077).toBe(0);
    expect((await stat(under.dir)).mode & 0o077).toBe(0);
  });

  test('does not follow a link in the place of a blob', async () => {
    await under.blobs.put('a', chunks('x'));
    await writeFile(join(under.base, 'outside'), 'not yours');
    await symlink(join(under.base, 'outside'), join(under.dir, 'link~'));
    await expect(textAt(under.blobs, 'link')).rejects.toThrow('ELOOP');
  });

  test('clears away what a crash left long ago, and only that', async () => {
    const pending = join(under.dir, '~pending');
    await mkdir(pending, { recursive: true });
    await writeFile(join(pending, 'old'), 'half');
    await utimes(join(pending, 'old'), 0, 0);
    await writeFile(join(pending, 'young'), 'half');
    await under.blobs.put('a', chunks('x'));
    expect(await readdir(pending)).toEqual(['young']);
  });

  test('finds what another instance has put', async () => {
    await under.blobs.put('a/b', chunks('kept'));
    expect(await textAt(createLocalBlobs({ dir: under.dir }), 'a/b')).toBe('kept');
  });
});
