import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readlink,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareRuntime, type Runtime } from './runtime-copy.ts';
import { scratchRuntime } from './testing/scratch-area.ts';

const LINKS = JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);

/** A package in small, unreadable for others, as some installs leave it. */
async function scratch() {
  const root = await scratchRuntime();
  const native = join(root, 'package');
  for (const dir of ['', 'bin', 'lib', 'share']) await mkdir(join(native, dir), { mode: 0o700 });
  const files = {
    'bin/postgres': 'p',
    'bin/initdb': 'i',
    'lib/libpq.so.5.18': 'l',
    'lib/libpq.a': 'a',
    'share/x': 's',
  };
  for (const [path, text] of Object.entries(files))
    await writeFile(join(native, path), text, { mode: 0o600 });
  await writeFile(join(native, 'pg-symlinks.json'), LINKS, { mode: 0o600 });
  const runtimes = join(root, 'runtimes');
  return {
    from: { native, version: '18.4.0' },
    runtimes,
    place: join(runtimes, 'postgres-18.4.0'),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

describe.concurrent('the copy of the binaries', () => {
  test('can be read and run by everyone, with its links, without what only compilers need', async () => {
    await using it = await scratch();
    const runtime = await prepareRuntime(it.from, it.runtimes);
    const modeOf = async (path: string) => (await stat(join(it.place, path))).mode & 0o777;
    expect(runtime).toEqual<Runtime>({
      initdb: join(it.place, 'bin/initdb'),
      postgres: join(it.place, 'bin/postgres'),
      major: 18,
    });
    expect(await Promise.all(['', 'bin/postgres', 'lib/libpq.so.5', 'share/x'].map(modeOf))).toEqual([
      0o755, 0o755, 0o755, 0o644,
    ]);
    expect(await readlink(join(it.place, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
    expect((await readdir(join(it.place, 'lib'))).sort()).toEqual(['libpq.so.5', 'libpq.so.5.18']);
  });

  test('is made once by starters that race, and no draft is left', async () => {
    await using it = await scratch();
    await Promise.all(Array.from({ length: 8 }, () => prepareRuntime(it.from, it.runtimes)));
    expect(await readdir(it.runtimes)).toEqual(['postgres-18.4.0']);
  });

  test('is left alone when it is whole', async () => {
    await using it = await scratch();
    const copies: string[] = [];
    for (const turn of ['first', 'second'])
      await prepareRuntime(it.from, it.runtimes, () => copies.push(turn));
    expect(copies).toEqual(['first']);
  });

  test.each([
    { damage: 'a file cut short', break: (place: string) => truncate(join(place, 'bin/postgres')) },
    { damage: 'a missing file', break: (place: string) => rm(join(place, 'share/x')) },
    { damage: 'a list that was never written', break: (place: string) => rm(join(place, 'files.json')) },
    { damage: 'a list cut short', break: (place: string) => truncate(join(place, 'files.json'), 5) },
  ])('is made again after $damage', async ({ break: damage }) => {
    await using it = await scratch();
    await prepareRuntime(it.from, it.runtimes);
    await damage(it.place);
    await prepareRuntime(it.from, it.runtimes);
    expect((await lstat(join(it.place, 'bin/postgres'))).size).toBe(1);
    expect((await stat(join(it.place, 'share/x'))).size).toBe(1);
    expect(await readdir(it.runtimes)).toEqual(['postgres-18.4.0']);
  });

  test('removes drafts that were left long ago, and no fresh ones', async () => {
    await using it = await scratch();
    for (const draft of ['postgres-18.3.0.aaaaaaaaaaaa', 'postgres-18.3.0.bbbbbbbbbbbb']) {
      await mkdir(join(it.runtimes, draft), { recursive: true });
    }
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(it.runtimes, 'postgres-18.3.0.aaaaaaaaaaaa'), anHourAgo, anHourAgo);
    await chmod(it.runtimes, 0o700);
    await prepareRuntime(it.from, it.runtimes);
    expect((await readdir(it.runtimes)).sort()).toEqual(['postgres-18.3.0.bbbbbbbbbbbb', 'postgres-18.4.0']);
    expect((await stat(it.runtimes)).mode & 0o777).toBe(0o711);
  });
});
