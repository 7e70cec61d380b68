/** Which databases are refused, and with what words. */
import { describe, expect, test } from 'vitest';
import type { Queryable } from '../database.ts';
import { checkFitness } from './fitness.ts';

const FIT = {
  version: 150_000,
  version_text: '15.0',
  fsync: 'on',
  synchronous_commit: 'on',
  has_schema: false,
};

/** A database that answers with these settings. */
function saying(settings: Partial<typeof FIT>): Queryable {
  const one = async <T>() => ({ ...FIT, ...settings }) as T;
  return { one, run: async () => [], execute: async () => undefined };
}

describe('a database', () => {
  test.each([
    {
      what: 'PostgreSQL 14',
      settings: { version: 140_019, version_text: '14.19' },
      want: /^this is PostgreSQL 14.19\. Use/,
    },
    { what: 'fsync off', settings: { fsync: 'off' }, want: /^fsync is off, so/ },
    {
      what: 'asynchronous commit',
      settings: { synchronous_commit: 'off' },
      want: /^synchronous_commit is off, so/,
    },
  ])('with $what is refused', async ({ settings, want }) => {
    await expect(checkFitness(saying(settings), false)).rejects.toThrow(want);
  });

  test.each([
    { what: 'PostgreSQL 15', settings: {}, allowUnsafe: false },
    {
      what: 'a commit that waits for a standby',
      settings: { synchronous_commit: 'remote_apply' },
      allowUnsafe: false,
    },
    { what: 'fsync off, where that was asked for', settings: { fsync: 'off' }, allowUnsafe: true },
  ])('with $what is used', async ({ settings, allowUnsafe }) => {
    await expect(checkFitness(saying(settings), allowUnsafe)).resolves.toBeUndefined();
  });
});
