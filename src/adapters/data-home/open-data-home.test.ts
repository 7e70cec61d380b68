import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { AreaRecord } from './area.ts';
import { defaultDataDir } from './data-dir.ts';
import { openDataHome } from './open-data-home.ts';
import { pruneAreas } from './prune-areas.ts';
import { asRoot, modeOf, type ScratchPlace, scratchPlace, startHolder } from './testing/scratch-place.ts';
import { JOBS_USER } from './users.ts';

const run = promisify(execFile);
const DAY = 24 * 3600 * 1000;

describe.concurrent('the data directory by default', () => {
  test.each([
    { when: 'XDG names a place', env: { XDG_DATA_HOME: '/x', HOME: '/h' }, want: '/x/capstan' },
    {
      when: 'XDG names a relative one, which counts as none',
      env: { XDG_DATA_HOME: 'x', HOME: '/h' },
      want: '/h/.local/share/capstan',
    },
    { when: 'only HOME is set', env: { HOME: '/h' }, want: '/h/.local/share/capstan' },
  ])('is $want when $when', ({ env, want }) => {
    expect(defaultDataDir(env)).toBe(want);
  });
});

describe.concurrent('a data home', () => {
  test('keeps keys and blobs private, and has short private room for sockets', async () => {
    await using place = await scratchPlace();
    const home = await openDataHome(place.options(join(place.open, 'data')));
    const modes = await Promise.all([home.blobsDir, home.postgresDir, home.runDir].map(modeOf));
    await home.close();
    expect(modes).toEqual(['700', '700', asRoot ? '711' : '700']);
    expect(home.keyFile).toBe(join(home.dir, 'admin.key'));
  });

  test('takes the same run directory each time, and leaves none', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    const first = await openDataHome(options);
    await first.close();
    const second = await openDataHome(options);
    await second.close();
    expect(second.runDir).toBe(first.runDir);
    await expect(stat(first.runDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('follows links to the directory, so that two names are one instance', async () => {
    await using place = await scratchPlace();
    const link = join(place.open, 'link');
    await mkdir(join(place.open, 'data'));
    await symlink(join(place.open, 'data'), link);
    const home = await openDataHome(place.options(link));
    const refusal = openDataHome(place.options(join(place.open, 'data')));
    await expect(refusal).rejects.toMatchObject({ code: 'DataDirHeld' });
    await home.close();
    expect(home.dir).toBe(join(place.open, 'data'));
  });

  test.each([
    { what: 'a file', make: (path: string) => writeFile(path, '') },
    { what: 'a link to nowhere', make: (path: string) => symlink('/nowhere/at/all', path) },
  ])('is refused where there is $what', async ({ make }) => {
    await using place = await scratchPlace();
    const path = join(place.open, 'data');
    await make(path);
    const refusal = openDataHome(place.options(path));
    await expect(refusal).rejects.toMatchObject({ code: 'DataDirUnusable' });
  });

  test('leaves the mode of a directory with other things in it', async () => {
    await using place = await scratchPlace();
    const dir = join(place.open, 'persons-own');
    await mkdir(dir, { mode: 0o750 });
    await chmod(dir, 0o750);
    await writeFile(join(dir, 'thesis.tex'), '');
    const home = await openDataHome(place.options(dir));
    await home.close();
    expect({ mode: await modeOf(dir), elsewhere: home.home !== dir }).toEqual({
      mode: '750',
      elsewhere: asRoot,
    });
  });
});

describe.runIf(!asRoot).concurrent('as an ordinary user, a data home', () => {
  test('is wholly in the directory, private, and switches no users', async () => {
    await using place = await scratchPlace();
    const dir = join(place.closed, 'data');
    const home = await openDataHome(place.options(dir));
    const mode = await modeOf(dir);
    await home.close();
    expect({ home: home.home, users: home.users, mode }).toEqual({ home: dir, users: {}, mode: '700' });
  });
});

/** The one area there is, with its record. */
async function onlyArea(place: ScratchPlace): Promise<{ path: string; record: AreaRecord }> {
  const [name] = await readdir(place.areasRoot);
  const path = join(place.areasRoot, name!);
  return { path, record: JSON.parse(await readFile(join(path, 'area.json'), 'utf8')) as AreaRecord };
}

/** Opens and closes a home below a directory that only root can enter. */
async function madeArea(place: ScratchPlace, dir: string): Promise<{ path: string; record: AreaRecord }> {
  await (await openDataHome(place.options(dir))).close();
  return onlyArea(place);
}

describe.runIf(asRoot).concurrent('as root, a data home', () => {
  test('is in the directory itself where others can reach it', async () => {
    await using place = await scratchPlace();
    const dir = join(place.open, 'data');
    const home = await openDataHome(place.options(dir));
    const seen = {
      home: home.home,
      mode: await modeOf(dir),
      areas: await readdir(place.areasRoot).catch(() => []),
    };
    await home.close();
    expect(seen).toEqual({ home: dir, mode: '711', areas: [] });
  });

  test.each([
    { who: 'the database', path: (home: string) => home },
    { who: 'jobs', path: (home: string) => join(home, 'jobs') },
  ])('is where $who can reach it when the directory lies below a private one', async ({ path }) => {
    await using place = await scratchPlace();
    const home = await openDataHome(place.options(join(place.closed, 'deep', 'data')));
    const target = path(home.home);
    const { uid, gid } = home.users.jobs!;
    const reached = await run('sh', ['-c', `cd ${target} && pwd`], { cwd: '/', uid, gid });
    const modes = { dir: await modeOf(home.dir), blobs: home.blobsDir };
    await home.close();
    expect(reached.stdout).toBe(`${target}\n`);
    expect(home.home.startsWith(place.areasRoot)).toBe(true);
    expect(modes).toEqual({ dir: '700', blobs: join(home.dir, 'blobs') });
  });

  test('runs jobs and the database as two users, neither of them root', async () => {
    await using place = await scratchPlace();
    const options = place.options(join(place.open, 'data'));
    const home = await openDataHome(options);
    await home.close();
    const other = await openDataHome({ ...options, jobsUser: { uid: 4711, gid: 4712 } });
    await other.close();
    expect(home.users.jobs).toEqual(JOBS_USER);
    expect(other.users.jobs).toEqual({ uid: 4711, gid: 4712 });
    expect([0, JOBS_USER.uid]).not.toContain(home.users.postgres!.uid);
  });

  test('goes on with the user who owns the database already', async () => {
    await using place = await scratchPlace();
    const dir = join(place.open, 'data');
    await mkdir(join(dir, 'postgres'), { recursive: true });
    await chown(join(dir, 'postgres'), 1234, 1235);
    const home = await openDataHome(place.options(dir));
    await home.close();
    expect(home.users.postgres).toEqual({ uid: 1234, gid: 1235 });
  });

  test('finds its area again, also after the directory was moved', async () => {
    await using place = await scratchPlace();
    const [before, after] = [join(place.closed, 'before'), join(place.closed, 'after')];
    const area = await madeArea(place, before);
    await rename(before, after);
    await pruneAreas(place.areasRoot, new Date());
    const home = await openDataHome(place.options(after));
    await home.close();
    expect(home.home).toBe(area.path);
    expect((await onlyArea(place)).record).toMatchObject({ id: area.record.id, dir: after, linked: true });
  });

  test('says so when its area is gone, and does not start an empty one', async () => {
    await using place = await scratchPlace();
    const dir = join(place.closed, 'data');
    const { path } = await madeArea(place, dir);
    await rm(path, { recursive: true });
    const refusal = openDataHome(place.options(dir));
    await expect(refusal).rejects.toMatchObject({ code: 'AreaMissing', next: expect.stringContaining(path) });
  });

  test('says so when the database can no longer be reached', async () => {
    await using place = await scratchPlace();
    const dir = join(place.open, 'data');
    await (await openDataHome(place.options(dir))).close();
    await chmod(place.open, 0o700);
    const refusal = openDataHome(place.options(dir));
    await expect(refusal).rejects.toMatchObject({ code: 'DataDirNotTraversable' });
  });

  test('refuses a copy of the directory while the original has the area', async () => {
    await using place = await scratchPlace();
    const dir = join(place.closed, 'data');
    const home = await openDataHome(place.options(dir));
    await run('cp', ['-a', dir, `${dir}-copy`]);
    const refusal = openDataHome(place.options(`${dir}-copy`));
    await expect(refusal).rejects.toMatchObject({ code: 'DataDirHeld' });
    await home.close();
  });
});

interface Abandonment {
  readonly why: string;
  act(it: { dir: string; path: string; record: AreaRecord }): Promise<void>;
  readonly daysLater?: number;
  readonly removed: boolean;
}

/** As if the data directory were on another file system: two files, not one with two names. */
async function unlinked({
  dir,
  path,
  record,
}: {
  dir: string;
  path: string;
  record: AreaRecord;
}): Promise<void> {
  for (const place of [dir, path]) {
    await rm(join(place, 'area.json'));
    await writeFile(join(place, 'area.json'), JSON.stringify({ ...record, linked: false }));
  }
}

const ABANDONMENTS: readonly Abandonment[] = [
  { why: 'its directory is there', act: async () => {}, daysLater: 400, removed: false },
  { why: 'its directory was deleted', act: ({ dir }) => rm(dir, { recursive: true }), removed: true },
  {
    why: 'its directory was deleted and made again',
    async act({ dir }) {
      await rm(dir, { recursive: true });
      await mkdir(dir);
    },
    removed: true,
  },
  {
    why: 'its directory was moved',
    act: ({ dir }) => rename(dir, `${dir}-moved`),
    daysLater: 400,
    removed: false,
  },
  {
    why: 'its directory, on another file system, was deleted a day ago',
    async act(it) {
      await unlinked(it);
      await rm(it.dir, { recursive: true });
    },
    daysLater: 1,
    removed: false,
  },
  {
    why: 'its directory, on another file system, was deleted long ago',
    async act(it) {
      await unlinked(it);
      await rm(it.dir, { recursive: true });
    },
    daysLater: 8,
    removed: true,
  },
  {
    why: 'the file system of its directory is not mounted',
    async act(it) {
      await unlinked({ ...it, record: { ...it.record, parent: { dev: 1, ino: 1 } } });
      await rm(it.dir, { recursive: true });
    },
    daysLater: 400,
    removed: false,
  },
  {
    why: 'its directory was restored from a backup, and the link with it is lost',
    async act({ dir, record }) {
      await rm(dir, { recursive: true });
      await mkdir(dir);
      await writeFile(join(dir, 'area.json'), JSON.stringify(record));
    },
    daysLater: 400,
    removed: false,
  },
  {
    why: 'it has no record, and is fresh',
    act: ({ path }) => rm(join(path, 'area.json')),
    removed: false,
  },
  {
    why: 'it has had no record for a day',
    async act({ path }) {
      await rm(join(path, 'area.json'));
      const yesterday = new Date(Date.now() - DAY);
      await utimes(path, yesterday, yesterday);
    },
    removed: true,
  },
];

describe.runIf(asRoot).concurrent('an area', () => {
  test.each(ABANDONMENTS)('is removed: $removed, when $why', async ({ act, daysLater = 0, removed }) => {
    await using place = await scratchPlace();
    const dir = join(place.closed, 'data');
    const area = await madeArea(place, dir);
    await act({ dir, ...area });
    const gone = await pruneAreas(place.areasRoot, new Date(Date.now() + daysLater * DAY));
    expect(gone).toEqual(removed ? [area.path] : []);
    expect(await readdir(place.areasRoot)).toEqual(removed ? [] : [area.record.id]);
  });

  test('stays while an instance has it, though its directory was deleted', async () => {
    await using place = await scratchPlace();
    const dir = join(place.closed, 'data');
    const holder = await startHolder(place.options(dir));
    await rm(dir, { recursive: true });
    const held = await pruneAreas(place.areasRoot, new Date());
    const { path } = await onlyArea(place);
    await holder.kill();
    const free = await pruneAreas(place.areasRoot, new Date());
    await rm(join(place.areasRoot, '..', 'run'), { recursive: true });
    expect({ held, free }).toEqual({ held: [], free: [path] });
  });

  test('stays while a process that outlived its instance works in it', async () => {
    await using place = await scratchPlace();
    const dir = join(place.closed, 'data');
    const { path } = await madeArea(place, dir);
    await rm(dir, { recursive: true });
    const child = spawn('cat', { cwd: join(path, 'jobs'), stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const busy = await pruneAreas(place.areasRoot, new Date());
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    expect(busy).toEqual([]);
    expect(await pruneAreas(place.areasRoot, new Date())).toEqual([path]);
  });

  test('of a deleted directory is removed when the next data home is opened', async () => {
    await using place = await scratchPlace();
    const first = await madeArea(place, join(place.closed, 'first'));
    await rm(join(place.closed, 'first'), { recursive: true });
    const second = await madeArea(place, join(place.closed, 'second'));
    expect(second.path).not.toBe(first.path);
    expect(await readdir(place.areasRoot)).toHaveLength(1);
  });
});
