import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOutput } from './read-output.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'capstan-output-'));
  await writeFile(join(dir, 'plain'), 'weights');
  await symlink('plain', join(dir, 'link'));
  execFileSync('mkfifo', [join(dir, 'fifo')]);
});
afterAll(() => rm(dir, { recursive: true }));

describe('an output', () => {
  test.each([
    { range: { offset: 0, limit: 100 }, complete: true, want: { text: 'weights', eof: true } },
    { range: { offset: 0, limit: 100 }, complete: false, want: { text: 'weights', eof: false } },
    { range: { offset: 2, limit: 3 }, complete: true, want: { text: 'igh', eof: false } },
    { range: { offset: 7, limit: 3 }, complete: true, want: { text: '', eof: true } },
    { range: { offset: 99, limit: 3 }, complete: true, want: { text: '', eof: true } },
  ])('read from $range.offset for $range.limit bytes', async ({ range, complete, want }) => {
    const { offset, bytes, eof } = await readOutput({ path: join(dir, 'plain'), complete }, range);
    expect({ offset, text: Buffer.from(bytes).toString(), eof }).toEqual({ offset: range.offset, ...want });
  });

  test.each([
    { title: 'a link', name: 'link' },
    { title: 'a FIFO', name: 'fifo' },
    { title: 'a directory', name: '.' },
    { title: 'nothing', name: 'none' },
    { title: "another user's file", name: 'plain', runAs: { uid: 54_321, gid: 54_321 } },
  ])('that is $title is not found', async ({ name, runAs }) => {
    const reading = readOutput({ path: join(dir, name), runAs, complete: true }, { offset: 0, limit: 10 });
    await expect(reading).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
