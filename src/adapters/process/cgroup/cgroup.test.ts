/**
 * Members in control groups. Run for real where this machine lets us make groups (as root: version 1 of memory,
 * or version 2); what of version 2 needs its kernel interface is held to a directory laid out like it.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  aMember,
  anAttempt,
  ended,
  logLines,
  runToEnd,
  seen,
} from '../../../ports/testing/runner-conformance.ts';
import { readJson, type ShimIdentity } from '../launch.ts';
import { attemptDir, layoutOf } from '../layout.ts';
import { aProcessRunner, type ProcessRunnerUnderTest } from '../testing/fixture.ts';
import { ControlGroup } from './control-group.ts';
import { findDelegation, type OwnPlace } from './delegation.ts';

/** Where this machine lets a test make groups of its own; undefined with the reason. */
function real(): { path: string } | { why: string } {
  if (process.getuid?.() !== 0) return { why: 'only root can make control groups here' };
  const memory = /:memory:(\S*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  const base = memory === undefined ? '/sys/fs/cgroup' : join('/sys/fs/cgroup/memory', memory);
  const path = join(base, `capstan-test-${process.pid}`);
  try {
    mkdirSync(path);
    const usable = ['memory.limit_in_bytes', 'memory.max'].some((file) => existsSync(join(path, file)));
    if (usable) return { path };
    rmdirSync(path);
    return { why: 'this machine has no control group with a controller of memory' };
  } catch (error) {
    return { why: `this machine lets nobody make control groups: ${(error as Error).message}` };
  }
}

const found = real();
if ('why' in found) console.log(`skipped: members in real control groups: ${found.why}`);
const MEMORY_HOG = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 5)';

describe.skipIf('why' in found)('members in control groups of this machine', { timeout: 30_000 }, () => {
  const path = 'path' in found ? found.path : '';
  let under: ProcessRunnerUnderTest;
  beforeAll(async () => {
    under = await aProcessRunner({ pollMs: 50, cgroup: path });
  });
  afterAll(async () => {
    await under.close();
    rmdirSync(path);
  });
  const groups = () => readdirSync(path).filter((name) => name.startsWith('attempt-'));

  test('are what the machine says of itself', async () => {
    const { nodes } = await under.runner.facts();
    expect(nodes[0]?.labels['capstan.dev/memory-limit']).toMatch(/^cgroup-v[12]$/);
  });

  test('that use more than their memory are killed by the kernel, and the reason says so', async () => {
    const member = aMember('', { argv: [process.execPath, '-e', MEMORY_HOG], resources: { memory: 120e6 } });
    const { outcome, members } = await runToEnd(under.runner, anAttempt([], { members: [member] }));
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'OutOfMemory',
      message: 'worker-0: used more memory than its limit of 115 MiB, and was killed by the kernel',
    });
    expect(members[0]?.peakMemoryBytes).toBeLessThanOrEqual(120e6);
    expect(groups()).toEqual([]);
  });

  test('have no limit where they asked for none, and their peak is known', async () => {
    const script = 'Buffer.alloc(60e6, 1)';
    const member = aMember('', { argv: [process.execPath, '-e', script], resources: {} });
    const { outcome, members } = await runToEnd(under.runner, anAttempt([], { members: [member] }));
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(members[0]?.peakMemoryBytes).toBeGreaterThan(60e6);
  });

  test('leave nothing behind, not even what cleared its environment, its session and its parent', async () => {
    const escapes = 'env -i setsid sh -c "(sleep 300 >/dev/null 2>&1 </dev/null &)"; sleep 0.2; echo left';
    const spec = anAttempt([], { members: [aMember(escapes, { resources: { memory: 50e6 } })] });
    const { outcome } = await runToEnd(under.runner, spec);
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(await logLines(under.runner, spec.ref)).toContain('left');
    expect(groups()).toEqual([]);
  });

  test('are ended with a shim that was killed, and their groups removed', async () => {
    const spec = anAttempt([], {
      members: [aMember('env -i setsid sleep 300 & wait', { resources: { memory: 50e6 } })],
    });
    await under.runner.start(spec);
    await seen(under.runner, spec.ref, ({ phase }) => phase === 'running');
    const shim = readJson<ShimIdentity>(layoutOf(attemptDir(under.root, spec.ref)).shim);
    process.kill(shim?.pid ?? 0, 'SIGKILL');
    const { outcome } = await ended(under.runner, spec.ref);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'ShimLost' });
    expect(groups()).toEqual([]);
  });

  test('are each in one of their own, and the shim in none of them', async () => {
    const say = 'cat /proc/self/cgroup; cat /proc/$PPID/cgroup | sed s/^/shim:/';
    const spec = anAttempt([], { members: [aMember(say, { resources: { memory: 50e6 } })] });
    await runToEnd(under.runner, spec);
    const lines = await logLines(under.runner, spec.ref);
    expect(lines.filter((line) => !line.startsWith('shim:')).join()).toContain('/attempt-');
    expect(lines.filter((line) => line.startsWith('shim:')).join()).not.toContain('/attempt-');
  });
});

/** As the kernel shows a group of version 2, but for what it does by itself. */
function version2(controllers = 'cpu memory pids'): string {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-cgroup2-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const file of ['cgroup.procs', 'cgroup.subtree_control']) writeFileSync(join(dir, file), '');
  writeFileSync(join(dir, 'cgroup.controllers'), `${controllers}\n`);
  return dir;
}

describe('control groups of version 2, on a directory laid out like them', () => {
  test('of a path: its own processes go one down, and memory is handed on', () => {
    const dir = version2();
    mkdirSync(join(dir, 'capstan'));
    writeFileSync(join(dir, 'cgroup.procs'), '4711\n');
    expect(findDelegation(dir)).toEqual({ kind: 'delegated', path: dir, version: 2 });
    expect(readFileSync(join(dir, 'cgroup.subtree_control'), 'utf8')).toBe('+memory');
    expect(readFileSync(join(dir, 'capstan/cgroup.procs'), 'utf8')).toBe('4711');
  });

  test('limit memory, forbid swap and die as one', () => {
    const dir = version2();
    const group = new ControlGroup({ path: dir, version: 2 }, 'attempt-x');
    mkdirSync(group.path);
    for (const file of ['memory.swap.max', 'memory.oom.group']) writeFileSync(join(group.path, file), '');
    group.create(1000);
    const read = (file: string) => readFileSync(join(group.path, file), 'utf8');
    expect([read('memory.max'), read('memory.swap.max'), read('memory.oom.group')]).toEqual([
      '1000',
      '0',
      '1',
    ]);
  });

  test('tell of kills, peaks and processes', () => {
    const group = new ControlGroup({ path: version2(), version: 2 }, 'attempt-x');
    expect([group.oomKills(), group.peakBytes(), group.pids()]).toEqual([0, undefined, []]);
    mkdirSync(group.path);
    writeFileSync(
      join(group.path, 'memory.events'),
      'low 0\nhigh 3\nmax 9\noom 2\noom_kill 2\noom_group_kill 1\n',
    );
    writeFileSync(join(group.path, 'memory.peak'), '4096\n');
    writeFileSync(join(group.path, 'cgroup.procs'), '1\n22\n');
    expect([group.oomKills(), group.peakBytes(), group.pids()]).toEqual([2, 4096, [1, 22]]);
  });
});

describe('what is delegated', () => {
  test.each([
    {
      what: 'nothing when it is off',
      setting: 'off',
      want: { kind: 'none', why: 'the setting runner.cgroup is off' },
    },
  ])('is $what', ({ setting, want }) => {
    expect(findDelegation(setting)).toEqual(want);
  });

  /** The place of an ordinary user's process in a machine whose groups are mounted at `dir`. */
  function placeIn(dir: string, { uid = 1000, path = '/', mounted = true } = {}): OwnPlace {
    const facts = mkdtempSync(join(tmpdir(), 'capstan-place-'));
    onTestFinished(() => rmSync(facts, { recursive: true }));
    const place = { mountInfo: join(facts, 'mountinfo'), membership: join(facts, 'cgroup') };
    writeFileSync(place.mountInfo, mounted ? `30 23 0:26 / ${dir} rw,nosuid - cgroup2 cgroup2 rw\n` : '');
    writeFileSync(place.membership, `0::${path}\n`);
    return { uid, pid: 4711, ...place };
  }
  const holding = (dir: string, pids: string) => writeFileSync(join(dir, 'cgroup.procs'), pids);

  test('unasked, to a user whose group holds nothing but this process: that group', () => {
    const dir = version2();
    mkdirSync(join(dir, 'capstan'));
    holding(dir, '4711\n');
    expect(findDelegation('auto', placeIn(dir))).toEqual({ kind: 'delegated', path: dir, version: 2 });
    expect(readFileSync(join(dir, 'capstan/cgroup.procs'), 'utf8')).toBe('4711');
  });

  test('unasked, to one that was put one down already: the group above', () => {
    const dir = version2();
    expect(findDelegation('auto', placeIn(dir, { path: '/capstan' }))).toMatchObject({ path: dir });
  });

  test.each([
    { what: 'root, who may write to all of them', place: { uid: 0 }, says: 'runner.cgroup' },
    { what: 'a machine without version 2', place: { mounted: false }, says: 'no control groups' },
    { what: 'a group without memory', controllers: 'cpu pids', says: 'not delegated to this user' },
    { what: 'a terminal, which is not ours to move', pids: '99\n4711\n', says: 'other processes too (99)' },
    { what: 'a group that the kernel does not let be arranged', blocked: true, says: 'arranged: EEXIST' },
  ])('unasked is nothing for $what', ({ place, controllers, pids = '', blocked, says }) => {
    const dir = version2(controllers);
    if (blocked) writeFileSync(join(dir, 'capstan'), '');
    holding(dir, pids);
    const why = expect.stringContaining(says);
    expect(findDelegation('auto', placeIn(dir, place))).toEqual({ kind: 'none', why });
  });

  test.each([
    { what: 'no control group', path: () => tmpdir(), says: 'is no control group' },
    {
      what: 'a group without a controller of memory',
      path: () => version2('cpu pids'),
      says: 'does not let this user',
    },
  ])('by the configuration: $what is refused at start', ({ path, says }) => {
    expect(() => findDelegation(path())).toThrow(says);
  });
});
