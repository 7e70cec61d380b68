import { execFile } from 'node:child_process';
import { chmod, mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { reachableRuntime } from './reachable-runtime.ts';
import { asRoot, scratchPlace } from './testing/scratch-place.ts';
import { findUser, JOBS_USER } from './users.ts';

async function program(dir: string, said: string, mode = 0o755): Promise<string> {
  const path = join(dir, 'program');
  await writeFile(path, `#!/bin/sh\necho ${said}\n`);
  await chmod(path, mode);
  return path;
}

describe.concurrent('the Node that jobs run with', () => {
  test.each([
    { where: 'where they can reach it', dir: 'open' as const, mode: 0o755, user: JOBS_USER, copied: false },
    {
      where: 'below a private directory',
      dir: 'closed' as const,
      mode: 0o755,
      user: JOBS_USER,
      copied: true,
    },
    { where: 'not executable for them', dir: 'open' as const, mode: 0o700, user: JOBS_USER, copied: true },
    {
      where: 'private, and they run as our own user',
      dir: 'closed' as const,
      mode: 0o700,
      user: undefined,
      copied: false,
    },
  ])('is a copy: $copied, when it is $where', async ({ dir, mode, user, copied }) => {
    await using place = await scratchPlace();
    const original = await program(place[dir], 'hello', mode);
    const path = await reachableRuntime({ home: place.open }, user, original);
    expect(path).toBe(copied ? join(place.open, 'runtime', 'node') : original);
  });

  test.runIf(asRoot)('can be executed by the user of jobs', async () => {
    await using place = await scratchPlace();
    const original = await program(place.closed, 'hello');
    const path = await reachableRuntime({ home: place.open }, JOBS_USER, original);
    const { stdout } = await promisify(execFile)(path, { cwd: '/', ...JOBS_USER });
    expect(stdout).toBe('hello\n');
  });

  test('is copied once, and again when it has changed', async () => {
    await using place = await scratchPlace();
    const original = await program(place.closed, 'hello');
    const prepare = () => reachableRuntime({ home: place.open }, JOBS_USER, original);
    const inode = async (path: string) => (await stat(path)).ino;
    const first = await inode(await prepare());
    const second = await inode(await prepare());
    await utimes(original, new Date(0), new Date(0));
    const third = await prepare();
    expect(second).toBe(first);
    expect((await stat(third)).mtimeMs).toBe(0);
  });

  test('is not taken from a copy that was cut short', async () => {
    await using place = await scratchPlace();
    const original = await program(place.closed, 'hello');
    await mkdir(join(place.open, 'runtime'));
    await writeFile(join(place.open, 'runtime', 'node'), '#!');
    const path = await reachableRuntime({ home: place.open }, JOBS_USER, original);
    expect((await stat(path)).size).toBe((await stat(original)).size);
  });
});

describe.concurrent('a name in /etc/passwd', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\npostgres:x:26:27::/var:/bin/sh\nbad\nzero:x:0:0::/:/bin/sh\n';
  test.each([
    { name: 'postgres', want: { uid: 26, gid: 27 } },
    { name: 'nobody', want: undefined },
    { name: 'bad', want: undefined },
    { name: 'zero', want: undefined },
  ])('$name gives $want', ({ name, want }) => {
    expect(findUser(passwd, name)).toEqual(want);
  });
});
