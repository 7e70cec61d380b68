import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passwordOf } from '../../adapters/postgres/rotation.ts';
import { ownDatabaseOf } from './own-database.ts';

let dir: string;
const at = (name: string) => join(dir, name);
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'capstan-own-database-'));
  writeFileSync(at('password'), 'p@ss/w:rd?&\n');
  writeFileSync(at('empty'), '\n');
  writeFileSync(at('url'), 'postgres://u:from-url@db/capstan?sslmode=verify-full\n');
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('the password of a database of one’s own', () => {
  test.each([
    { what: 'stands in the URL', url: 'postgres://u:secret@db/c', want: 'secret', follows: undefined },
    {
      what: 'is in a file',
      url: 'postgres://u@db/c',
      file: 'password',
      want: 'p@ss/w:rd?&',
      follows: ['p@ss/w:rd?&'],
    },
    {
      what: 'is in a file, for a URL with parameters',
      url: 'postgres://u@/c?host=%2Frun',
      file: 'password',
      want: 'p@ss/w:rd?&',
      follows: ['p@ss/w:rd?&'],
    },
    { what: 'stands in the URL of a file', urlFile: 'url', want: 'from-url', follows: ['from-url'] },
  ])('$what', async ({ url, urlFile, file, want, follows }) => {
    const named = await ownDatabaseOf({
      databaseUrl: url,
      databaseUrlFile: urlFile && at(urlFile),
      databasePasswordFile: file && at(file),
    });
    expect(named && passwordOf(named.url)).toBe(want);
    expect(await named?.passwords?.()).toEqual(follows);
  });

  test.each([
    {
      what: 'in the URL and in a file',
      url: 'postgres://u:secret@db/c',
      file: 'password',
      want: /Leave the password out/,
    },
    {
      what: 'as a parameter and in a file',
      url: 'postgres://u@db/c?password=secret',
      file: 'password',
      want: /Leave the password out/,
    },
    { what: 'in an empty file', url: 'postgres://u@db/c', file: 'empty', want: /is empty/ },
    {
      what: 'in a file that is not there',
      url: 'postgres://u@db/c',
      file: 'none',
      want: /cannot read the databasePasswordFile.*ENOENT/,
    },
  ])('is refused $what, without repeating it', async ({ url, file, want }) => {
    const refused = await ownDatabaseOf({ databaseUrl: url, databasePasswordFile: at(file) }).catch(
      (error: Error) => error,
    );
    expect(refused).toBeInstanceOf(Error);
    const { message, next = '' } = refused as Error & { next?: string };
    expect(`${message}. ${next}`).toMatch(want);
    expect(message + next).not.toContain('secret');
  });
});
