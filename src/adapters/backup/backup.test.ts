import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackupErrorCode } from './errors.ts';
import type { TableHead } from './format.ts';
import { readBackup, verifyBackup } from './read-backup.ts';
import { unseal } from './seal.ts';
import type { Snapshot } from './snapshot.ts';
import { type BackupSource, writeBackup } from './write-backup.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'capstan-backup-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ROWS: Record<string, string[][]> = {
  job: [['{"uid":"a","n":9007199254740993}', '{"uid":"b","n":2}'], ['{"uid":"c","n":3}']],
  project: [['{"name":"default"}']],
  api_key: [['{"id":"k","hmac":"\\\\xcanary"}']],
};

function snapshot(): Snapshot {
  const tables: TableHead[] = [
    { name: 'api_key', columns: ['id', 'hmac'] },
    { name: 'job', columns: ['uid', 'n'] },
    { name: 'project', columns: ['name'] },
  ];
  return {
    epoch: '0123456789abcdef',
    migrations: [{ number: 1, name: 'first', checksum: 'x' }],
    tables,
    partitions: [],
    async *rows({ name }) {
      yield* ROWS[name] ?? [];
    },
    sequences: async () => ({ event_seq: '42' }),
    close: async () => undefined,
  };
}

async function* blobs() {
  const big = Buffer.alloc(900_000, 'x');
  const parts: Record<string, Buffer[]> = { 'jobs/a/log': [Buffer.from('hello'), big], 'jobs/a/empty': [] };
  for (const [key, content] of Object.entries(parts)) {
    yield {
      key,
      async *content() {
        yield* content;
      },
    };
  }
}

async function backup(more: Partial<BackupSource> = {}): Promise<string> {
  const file = join(dir, 'b');
  await writeBackup(file, { snapshot: snapshot(), program: '1.2.3', now: 1, blobs: blobs(), ...more });
  return file;
}

const textOf = (file: string) => gunzipSync(readFileSync(file)).toString();

describe('a backup', () => {
  test('is sound as it was written, with its rows, files, hashes and sequences', async () => {
    const { header, manifest } = await verifyBackup(await backup());
    expect(header).toMatchObject({ format: 1, program: '1.2.3', epoch: '0123456789abcdef' });
    expect(manifest).toMatchObject({
      tables: [
        { name: 'job', count: 3 },
        { name: 'project', count: 1 },
      ],
      blobs: { count: 2, bytes: 900_005 },
      sequences: { event_seq: '42' },
      withKeys: false,
    });
  });

  test('belongs to its owner alone, and never takes the place of another file', async () => {
    const file = await backup();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    await expect(backup()).rejects.toMatchObject({ code: 'FileExists' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that broke off while it was written is not there', async () => {
    const broken = async function* () {
      yield* blobs();
      throw new Error('the disk is full');
    };
    await expect(backup({ blobs: broken() })).rejects.toThrow('the disk is full');
    expect(() => statSync(join(dir, 'b'))).toThrow('ENOENT');
    expect(() => statSync(join(dir, 'b.new'))).toThrow('ENOENT');
  });
});

describe('keys', () => {
  const keys = { passphrase: 'correct horse battery', files: { 'pepper.key': 'canary-pepper' } };

  test('are left out unless asked for', async () => {
    const text = textOf(await backup());
    expect(text).not.toContain('canary');
    expect(text).not.toContain('api_key');
  });

  test('are sealed: they open with the passphrase and with no other', async () => {
    const file = await backup({ keys });
    expect(textOf(file)).not.toContain('canary');
    const { head, bytes, header } = await sealedIn(file);
    const opened = await unseal({ head, bytes }, keys.passphrase, header);
    expect(opened).toMatchObject({
      files: keys.files,
      tables: [{ name: 'api_key', rows: ROWS.api_key?.[0] }],
    });
    await expect(unseal({ head, bytes }, 'another passphrase', header)).rejects.toMatchObject({
      code: 'Passphrase',
    });
    await expect(
      unseal({ head, bytes }, keys.passphrase, { ...header, epoch: 'f'.repeat(16) }),
    ).rejects.toMatchObject({ code: 'Passphrase' });
  });

  test('are refused under a passphrase that can be guessed', async () => {
    await expect(backup({ keys: { ...keys, passphrase: 'short' } })).rejects.toMatchObject({
      code: 'Passphrase',
    });
  });
});

async function sealedIn(file: string) {
  const parts = [];
  for await (const part of readBackup(file)) parts.push(part);
  const header = parts.find((part) => part.kind === 'header')?.header;
  const at = parts.findIndex((part) => part.kind === 'keys');
  const [head, data] = [parts[at], parts[at + 1]];
  if (header && head?.kind === 'keys' && data?.kind === 'data') {
    return { header, head: head.keys, bytes: data.bytes };
  }
  throw new Error('there are no keys');
}

describe('a backup that was altered is refused, naming what is wrong', () => {
  const without = (pattern: RegExp) => (text: string) => text.replace(pattern, '');
  test.each<{ what: string; alter: (text: string) => string; code: BackupErrorCode; says: string }>([
    { what: 'a changed row', alter: (t) => t.replace('"n":2', '"n":7'), code: 'Damaged', says: 'table job' },
    { what: 'a missing row', alter: without(/\{"uid":"b".*\n/), code: 'Damaged', says: 'table job holds 2' },
    {
      what: 'a row more',
      alter: (t) => t.replace('{"name":"default"}\n', '{"name":"default"}\n{"name":"x"}\n'),
      code: 'Damaged',
      says: 'table project holds 2',
    },
    {
      what: 'a missing table',
      alter: without(/\["table",\{"name":"project".*\n.*\n.*\n/),
      code: 'Damaged',
      says: 'table project is missing',
    },
    {
      what: 'a changed file',
      alter: (t) => t.replace(/\["data","aGVsbG8="\]/, '["data","aGVsbEE="]'),
      code: 'Damaged',
      says: 'blob jobs/a/log',
    },
    {
      what: 'a renamed file',
      alter: (t) => t.replace('jobs/a/empty', 'jobs/a/other'),
      code: 'Damaged',
      says: 'list of its blobs',
    },
    {
      what: 'a missing file',
      alter: without(/\["blob",\{"key":"jobs\/a\/empty".*\n.*\n/),
      code: 'Damaged',
      says: 'holds 1 blobs',
    },
    { what: 'a missing end', alter: without(/\["manifest".*\n/), code: 'Truncated', says: 'breaks off' },
    { what: 'something after it', alter: (t) => `${t}{"uid":"d"}\n`, code: 'Damaged', says: 'follows' },
    { what: 'nonsense', alter: () => 'hello\n', code: 'Damaged', says: 'not one of a backup' },
    { what: 'other JSON', alter: () => '["a",{}]\n', code: 'NotABackup', says: 'no backup' },
    {
      what: 'a newer format',
      alter: (t) => t.replace('"format":1', '"format":2'),
      code: 'NewerFormat',
      says: '1.2.3',
    },
  ])('$what', async ({ alter, code, says }) => {
    const file = await backup();
    const [before, after] = [textOf(file), alter(textOf(file))];
    expect(after).not.toBe(before);
    writeFileSync(file, gzipSync(after));
    const refused = expect(verifyBackup(file)).rejects;
    await refused.toMatchObject({ code, message: expect.stringContaining(says) });
  });

  test.each<{ what: string; alter: (bytes: Buffer) => Buffer; code: BackupErrorCode }>([
    { what: 'cut in the middle', alter: (b) => b.subarray(0, b.length / 2), code: 'Truncated' },
    { what: 'without its last byte', alter: (b) => b.subarray(0, -1), code: 'Truncated' },
    { what: 'that is no gzip', alter: () => Buffer.from('PK not gzip at all'), code: 'NotABackup' },
    { what: 'that is empty', alter: () => Buffer.alloc(0), code: 'Truncated' },
    {
      what: 'with a flipped bit',
      alter: (b) => {
        const copy = Buffer.from(b);
        copy[copy.length - 20]! ^= 4;
        return copy;
      },
      code: 'Damaged',
    },
  ])('a file $what', async ({ alter, code }) => {
    const file = await backup();
    writeFileSync(file, alter(readFileSync(file)));
    await expect(verifyBackup(file)).rejects.toMatchObject({ code });
  });

  test('a file that is not there is the system’s to tell', async () => {
    await expect(verifyBackup(join(dir, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
