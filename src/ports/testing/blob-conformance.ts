/** What every `BlobStore` does, wherever it keeps its bytes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../blob-store.ts';

export interface BlobsUnderTest {
  readonly blobs: BlobStore;
  /** Removes all that was kept. */
  close(): Promise<void>;
}

export async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('the source broke');
}

/** As text; undefined when there is no such blob. */
export async function textAt(
  blobs: BlobStore,
  key: string,
  range = { offset: 0, limit: 1_000_000 },
): Promise<string | undefined> {
  const bytes = await blobs.read(key, range);
  return bytes && Buffer.from(bytes).toString();
}

const NOT_KEYS = [
  { what: 'nothing', key: '' },
  { what: 'a parent', key: '..' },
  { what: 'a parent on the way', key: 'a/../b' },
  { what: 'a parent at the end', key: 'a/..' },
  { what: 'the folder itself', key: 'a/./b' },
  { what: 'an absolute path', key: '/etc/passwd' },
  { what: 'an empty segment', key: 'a//b' },
  { what: 'an end in a slash', key: 'a/' },
  { what: 'a NUL', key: 'a\0b' },
  { what: 'a backslash', key: 'a\\..\\b' },
  { what: 'a line break', key: 'a\nb' },
  { what: 'an encoded slash', key: 'a%2fb' },
  { what: 'a tilde', key: 'a~' },
  { what: 'another alphabet', key: 'ä' },
  { what: 'too long a segment', key: 'a'.repeat(201) },
  { what: 'too long a whole', key: 'a/'.repeat(600).concat('a') },
];

export function blobConformance(name: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`${name} as a blob store`, () => {
    let under: BlobsUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const at = () => under.blobs;
    keepsWhole(at);
    readsRanges(at);
    replaces(at);
    removesByPrefix(at);
    refusesOtherNames(at);
  });
}

function keepsWhole(at: () => BlobStore): void {
  test('keeps what was put, whatever its pieces', async () => {
    const put = await at().put('jobs/1/log/worker-0', chunks('one ', '', 'two ', 'three'));
    expect(put).toEqual({ bytes: 13 });
    expect(await textAt(at(), 'jobs/1/log/worker-0')).toBe('one two three');
    expect(await at().stat('jobs/1/log/worker-0')).toEqual({ bytes: 13 });
  });

  test('keeps an empty blob, which is not the same as none', async () => {
    await at().put('empty', chunks());
    expect(await textAt(at(), 'empty')).toBe('');
    expect(await at().stat('empty')).toEqual({ bytes: 0 });
  });

  test('keeps every byte value', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await at().put('bytes', chunks(bytes, bytes));
    const read = await at().read('bytes', { offset: 256, limit: 256 });
    expect(Buffer.from(read ?? []).equals(Buffer.from(bytes))).toBe(true);
  });

  test('knows nothing of what was never put', async () => {
    expect(await at().stat('none/here')).toBeUndefined();
    expect(await textAt(at(), 'none/here')).toBeUndefined();
  });
}

function readsRanges(at: () => BlobStore): void {
  test.each([
    { offset: 0, limit: 3, want: '012' },
    { offset: 4, limit: 3, want: '456' },
    { offset: 8, limit: 100, want: '89' },
    { offset: 10, limit: 5, want: '' },
    { offset: 1000, limit: 5, want: '' },
    { offset: 3, limit: 0, want: '' },
  ])('reads at most $limit bytes from $offset: "$want"', async ({ offset, limit, want }) => {
    await at().put('digits', chunks('0123', '456789'));
    expect(await textAt(at(), 'digits', { offset, limit })).toBe(want);
  });

  test.each([
    { offset: -1, limit: 1 },
    { offset: 0, limit: -1 },
    { offset: 0.5, limit: 1 },
    { offset: 0, limit: Number.NaN },
  ])('refuses the range $offset, $limit', async (range) => {
    await at().put('digits', chunks('0123'));
    await expect(at().read('digits', range)).rejects.toThrow(RangeError);
  });
}

function replaces(at: () => BlobStore): void {
  test('replaces a blob whole, also by a shorter one', async () => {
    await at().put('k', chunks('a long first version'));
    await at().put('k', chunks('short'));
    expect(await textAt(at(), 'k')).toBe('short');
  });

  test('keeps the old blob when a new one breaks off', async () => {
    await at().put('k', chunks('whole'));
    await expect(at().put('k', broken())).rejects.toThrow('the source broke');
    await expect(at().put('other', broken())).rejects.toThrow('the source broke');
    expect(await textAt(at(), 'k')).toBe('whole');
    expect(await at().stat('other')).toBeUndefined();
  });

  test('never shows a mixture of two writers', async () => {
    const writers = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(2000));
    await Promise.all(writers.map((text) => at().put('k', chunks(text.slice(0, 1000), text.slice(1000)))));
    expect(writers).toContain(await textAt(at(), 'k'));
  });
}

function removesByPrefix(at: () => BlobStore): void {
  test('holds a blob and others below its name', async () => {
    await at().put('a', chunks('1'));
    await at().put('a/b', chunks('2'));
    await at().put('a/b/c', chunks('3'));
    expect([await textAt(at(), 'a'), await textAt(at(), 'a/b'), await textAt(at(), 'a/b/c')]).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('removes what lies below a prefix and nothing beside it', async () => {
    for (const key of ['jobs/1/log', 'jobs/1/a/b/c', 'jobs/10/log', 'jobs/1.base', 'jobs/1']) {
      await at().put(key, chunks(key));
    }
    await at().removeAll('jobs/1/');
    await at().removeAll('jobs/1/');
    const left = ['jobs/1/log', 'jobs/1/a/b/c', 'jobs/10/log', 'jobs/1.base', 'jobs/1'];
    const found = await Promise.all(left.map(async (key) => (await at().stat(key)) !== undefined));
    expect(found).toEqual([false, false, true, true, true]);
  });

  test('puts again what was removed', async () => {
    await at().put('a/b', chunks('1'));
    await at().removeAll('a/');
    await at().put('a/b', chunks('2'));
    expect(await textAt(at(), 'a/b')).toBe('2');
  });

  test('survives removing and putting at the same time', async () => {
    const work = Array.from({ length: 40 }, (_, index) =>
      index % 4 === 0 ? at().removeAll('a/') : at().put(`a/b/${index % 3}`, chunks('x')),
    );
    await Promise.all(work);
    await at().put('a/b/0', chunks('last'));
    expect(await textAt(at(), 'a/b/0')).toBe('last');
  });
}

function refusesOtherNames(at: () => BlobStore): void {
  test.each(NOT_KEYS)('refuses $what as a key', async ({ key }) => {
    await expect(at().put(key, chunks('x'))).rejects.toThrow(TypeError);
    await expect(at().read(key, { offset: 0, limit: 1 })).rejects.toThrow(TypeError);
    await expect(at().stat(key)).rejects.toThrow(TypeError);
  });

  test.each(['', '/', 'a', '../', 'a/../', '/a/', 'a//', './', '~pending/'])(
    'refuses "%s" as a prefix',
    async (prefix) => {
      await expect(at().removeAll(prefix)).rejects.toThrow(TypeError);
    },
  );
}
