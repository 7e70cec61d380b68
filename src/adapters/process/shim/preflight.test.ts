import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aMember } from '../../../ports/testing/runner-conformance.ts';
import { inspectMember } from './preflight.ts';

const OTHER = { uid: 54_321, gid: 54_321 };
const self = { uid: process.getuid!(), gid: process.getgid!() };
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'capstan-preflight-'));
  for (const name of ['open', 'closed']) await mkdir(join(dir, name));
  for (const [name, mode] of [
    ['open/all', 0o755],
    ['open/owner', 0o700],
    ['open/nobody', 0o644],
    ['closed/all', 0o755],
  ] as const) {
    await writeFile(join(dir, name), '', { mode });
  }
  await chmod(dir, 0o755);
  await chmod(join(dir, 'closed'), 0o700);
});
afterAll(() => rm(dir, { recursive: true }));

describe('before a member starts', () => {
  test.each([
    {
      title: 'its owner may run what only the owner may',
      command: 'open/owner',
      runAs: 'self',
      want: 'file',
    },
    { title: 'another user may run what all may', command: 'open/all', runAs: 'other', want: 'file' },
    {
      title: 'another user may not run what only its owner may',
      command: 'open/owner',
      runAs: 'other',
      want: 'CommandNotExecutable',
    },
    {
      title: 'nobody may run what is not executable',
      command: 'open/nobody',
      runAs: 'self',
      want: 'CommandNotExecutable',
    },
    {
      title: 'another user does not reach into a closed directory',
      command: 'closed/all',
      runAs: 'other',
      want: 'CommandNotExecutable',
    },
    { title: 'a directory is no program', command: 'open', runAs: 'self', want: 'CommandNotExecutable' },
    { title: 'what is not there is not found', command: 'open/none', runAs: 'self', want: 'CommandNotFound' },
  ])('$title', ({ command, runAs, want }) => {
    const member = aMember('', { argv: [join(dir, command)] });
    const found = inspectMember(member, { env: {}, workDir: '/', runAs: runAs === 'self' ? self : OTHER });
    expect('reason' in found ? found.reason : 'file').toBe(want);
  });

  test.each([
    {
      title: 'the first of the PATH that may be run is taken',
      path: 'open:closed',
      command: 'all',
      want: 'open/all',
    },
    {
      title: 'one that may not be run is passed over',
      path: 'closed:open',
      command: 'all',
      want: 'open/all',
    },
    {
      title: 'a path is taken from the working directory',
      path: '',
      command: './open/all',
      want: 'open/all',
    },
  ])('$title', ({ path, command, want }) => {
    const PATH = path
      .split(':')
      .map((part) => join(dir, part))
      .join(':');
    const member = aMember('', { argv: [command], workingDir: dir });
    expect(inspectMember(member, { env: { PATH }, workDir: '/', runAs: OTHER })).toMatchObject({
      file: join(dir, want),
    });
  });
});
