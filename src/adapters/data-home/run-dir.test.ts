import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closeRunDir, LONGEST_RUN_DIR, openRunDir, runBases } from './run-dir.ts';
import { asRoot, modeOf, scratchPlace } from './testing/scratch-place.ts';

const me = { dir: '/data', root: asRoot, uid: process.getuid!(), env: {} };

describe.concurrent('run directories may stand', () => {
  test.each([
    {
      who: 'a user with a session',
      at: { root: false, uid: 7, env: { XDG_RUNTIME_DIR: '/run/user/7' } },
      want: ['/run/user/7/capstan', '/tmp/capstan-7'],
    },
    { who: 'a user without one', at: { root: false, uid: 7, env: {} }, want: ['/tmp/capstan-7'] },
    {
      who: 'root, whose session others cannot enter',
      at: { root: true, uid: 0, env: { XDG_RUNTIME_DIR: '/run/user/0' } },
      want: ['/run/capstan', '/tmp/capstan-0'],
    },
  ])('for $who in $want', ({ at, want }) => {
    expect(runBases({ dir: '/data', ...at })).toEqual(want);
  });
});

interface Hindrance {
  readonly base: string;
  make(path: string): Promise<string>;
  readonly onlyRoot?: boolean;
}

const HINDRANCES: readonly Hindrance[] = [
  { base: 'whose path is too long', make: async (path) => join(path, 'x'.repeat(LONGEST_RUN_DIR)) },
  { base: 'whose parent does not exist', make: async (path) => join(path, 'not', 'there') },
  {
    base: 'in which others may write',
    async make(path) {
      await mkdir(path);
      await chmod(path, 0o777);
      return path;
    },
  },
  {
    base: 'that is a link to somewhere else',
    async make(path) {
      await mkdir(`${path}-target`);
      await symlink(`${path}-target`, path);
      return path;
    },
  },
  {
    base: 'that another user made before us',
    async make(path) {
      await mkdir(path);
      await chown(path, 1234, 1234);
      return path;
    },
    onlyRoot: true,
  },
];

describe.concurrent('a run directory', () => {
  test.each(HINDRANCES.filter(({ onlyRoot }) => asRoot || !onlyRoot))(
    'is not made in a place $base',
    async ({ make }) => {
      await using place = await scratchPlace();
      const bad = await make(join(place.open, 'bad'));
      const good = join(place.open, 'good');
      const path = await openRunDir(me, [bad, good]);
      await expect(openRunDir(me, [bad])).rejects.toMatchObject({ code: 'RunDirUnusable' });
      expect({ base: dirname(path), mode: await modeOf(path) }).toEqual({
        base: good,
        mode: asRoot ? '711' : '700',
      });
    },
  );

  test('differs between data directories, and is removed with its base when both are empty', async () => {
    await using place = await scratchPlace();
    const base = join(place.open, 'run');
    const [one, two] = [await openRunDir(me, [base]), await openRunDir({ ...me, dir: '/other' }, [base])];
    await mkdir(join(two, 'in-use'));
    await closeRunDir(one);
    await closeRunDir(two);
    await expect(modeOf(one)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(basename(one)).not.toBe(basename(two));
    expect(await modeOf(two)).toBe(asRoot ? '711' : '700');
  });
});
