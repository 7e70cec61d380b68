import { describe, expect, test } from 'vitest';
import type { Diagnosed } from './diagnosed.ts';
import type { DatabaseFacts } from './facts.ts';
import {
  judgeCertificate,
  judgeDatabase,
  judgeDirectory,
  judgeDisk,
  judgeLeftovers,
  judgeSecret,
  judgeUnapplied,
} from './judge.ts';

const NOON = Date.parse('2027-01-31T12:00:00Z');
const DAY = 86_400_000;
const GiB = 2 ** 30;

function facts(differing: Partial<DatabaseFacts> = {}): DatabaseFacts {
  return {
    version: '18.4',
    versionNumber: 180_004,
    fsync: true,
    synchronousCommit: 'on',
    skew: 100,
    missing: [],
    unknown: [],
    long: [],
    ...differing,
  };
}

const worst = (found: readonly Diagnosed[]) => found.filter(({ level }) => level !== 'ok');

describe('what the doctor says of', () => {
  test.each<{ what: string; found: Diagnosed; level: Diagnosed['level'] }>([
    { what: 'a private directory', found: judgeDirectory({ path: 'd', mode: 0o700 }), level: 'ok' },
    {
      what: 'a directory of root that others may enter',
      found: judgeDirectory({ path: 'd', mode: 0o711 }),
      level: 'ok',
    },
    {
      what: 'a directory that others may list',
      found: judgeDirectory({ path: 'd', mode: 0o755 }),
      level: 'error',
    },
    { what: "a secret of its owner's", found: judgeSecret({ path: 'k', mode: 0o600 }), level: 'ok' },
    {
      what: 'a secret that the group may read',
      found: judgeSecret({ path: 'k', mode: 0o640 }),
      level: 'error',
    },
    {
      what: 'room on the disk',
      found: judgeDisk({ path: 'd', free: 50 * GiB, total: 100 * GiB }),
      level: 'ok',
    },
    {
      what: 'a small disk that is half empty',
      found: judgeDisk({ path: 'd', free: GiB / 2, total: GiB }),
      level: 'ok',
    },
    {
      what: 'little room',
      found: judgeDisk({ path: 'd', free: GiB / 2, total: 100 * GiB }),
      level: 'warning',
    },
    {
      what: 'hardly any room',
      found: judgeDisk({ path: 'd', free: GiB / 10, total: 100 * GiB }),
      level: 'error',
    },
    { what: 'a certificate for a year', found: judgeCertificate('c', NOON + 365 * DAY, NOON), level: 'ok' },
    {
      what: 'a certificate for a week',
      found: judgeCertificate('c', NOON + 7 * DAY, NOON),
      level: 'warning',
    },
    { what: 'a certificate that has ended', found: judgeCertificate('c', NOON - 1, NOON), level: 'error' },
    { what: 'a configuration that is in force', found: judgeUnapplied('f', NOON, NOON + 1), level: 'ok' },
    { what: 'one that was changed since', found: judgeUnapplied('f', NOON + 1, NOON), level: 'warning' },
    { what: 'nothing left over', found: judgeLeftovers('areas', [], ''), level: 'ok' },
    { what: 'something left over', found: judgeLeftovers('areas', ['a'], 'Remove it.'), level: 'warning' },
  ])('$what is $level', ({ found, level }) => {
    expect(found.level).toBe(level);
    expect(found.next !== undefined).toBe(level !== 'ok');
  });

  test.each<{ what: string; of: Partial<DatabaseFacts>; want: object[] }>([
    { what: 'a database in order', of: {}, want: [] },
    { what: 'an old one', of: { versionNumber: 140_000 }, want: [{ check: 'database', level: 'error' }] },
    { what: 'fsync off', of: { fsync: false }, want: [{ check: 'durability', level: 'error' }] },
    {
      what: 'synchronous_commit off',
      of: { synchronousCommit: 'off' },
      want: [{ check: 'durability', level: 'error', what: expect.stringContaining('synchronous_commit') }],
    },
    { what: 'a clock a little off', of: { skew: -5000 }, want: [{ check: 'clock', level: 'warning' }] },
    { what: 'a clock far off', of: { skew: 300_000 }, want: [{ check: 'clock', level: 'error' }] },
    {
      what: 'a migration to come',
      of: { missing: ['audit'] },
      want: [{ check: 'migrations', level: 'warning' }],
    },
    { what: 'a newer schema', of: { unknown: [99] }, want: [{ check: 'migrations', level: 'warning' }] },
    {
      what: 'a long transaction',
      of: { long: [{ pid: 7, seconds: 900, program: 'psql' }] },
      want: [{ check: 'transactions', what: expect.stringContaining('psql') }],
    },
  ])('$what', ({ of, want }) => {
    expect(worst(judgeDatabase(facts(of)))).toMatchObject(want);
  });
});
