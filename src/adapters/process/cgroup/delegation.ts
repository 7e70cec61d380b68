/**
 * Whether a control group is delegated to us, and where. Delegated is what somebody gave: a path in the
 * configuration, or, for an ordinary user, a group of version 2 that it is in and may write to (systemd's
 * `Delegate=yes`, a container's own). Root may write to all of them, which gives it none: the groups of a
 * machine are not ours to arrange unasked.
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ControlGroup, type Delegated } from './control-group.ts';

/** `auto`, `off`, or the path of a group. */
export type CgroupSetting = string;

export type Delegation =
  | ({ readonly kind: 'delegated' } & Delegated)
  /** Memory is polled; `why` for people. */
  | { readonly kind: 'none'; readonly why: string };

/** The process of Capstan goes here: in version 2 a group with groups below it holds no process itself. */
const OWN = 'capstan';
const PREFIX = 'attempt-';

/** Whose process this is and what the kernel says of its place; another in tests. */
export interface OwnPlace {
  readonly uid: number;
  readonly pid: number;
  /** Files like those of the kernel. */
  readonly mountInfo: string;
  readonly membership: string;
}

const ownPlace = (): OwnPlace => ({
  uid: process.getuid?.() ?? 0,
  pid: process.pid,
  mountInfo: '/proc/self/mountinfo',
  membership: '/proc/self/cgroup',
});

/** @throws Error when the path of the configuration is no control group that can be used */
export function findDelegation(setting: CgroupSetting, place: OwnPlace = ownPlace()): Delegation {
  if (setting === 'off') return { kind: 'none', why: 'the setting runner.cgroup is off' };
  return setting === 'auto' ? delegatedUnasked(place) : delegatedAt(setting);
}

/** Never an error: nobody asked for it, and memory can be polled. */
function delegatedUnasked(place: OwnPlace): Delegation {
  const none = (why: string): Delegation => ({ kind: 'none', why });
  if (place.uid === 0)
    return none('no control group was delegated: root names one by the setting runner.cgroup');
  const path = ownGroup(place);
  if (path === undefined) return none('this machine has no control groups of version 2');
  if (!isUsable(path)) return none(`the control group ${path} is not delegated to this user`);
  // The scope of a terminal is writable as well, and its processes are not ours to move.
  const other = pidsIn(path).find((pid) => pid !== place.pid);
  if (other !== undefined) {
    return none(
      `the control group ${path} holds other processes too (${other}): one of its own is given by systemd-run --user --scope -p Delegate=yes`,
    );
  }
  try {
    return prepared({ path, version: 2 });
  } catch (error) {
    return none(`the control group ${path} can not be arranged: ${(error as Error).message}`);
  }
}

function delegatedAt(path: string): Delegation {
  if (existsSync(join(path, 'memory.limit_in_bytes'))) return prepared({ path, version: 1 });
  if (existsSync(join(path, 'cgroup.controllers'))) {
    if (!isUsable(path)) throw new Error(`runner.cgroup: ${path} does not let this user limit memory in it`);
    return prepared({ path, version: 2 });
  }
  throw new Error(`runner.cgroup: ${path} is no control group with a controller of memory`);
}

/**
 * Of version 2: `0::/user.slice/…` below its mount point. Where we were put one down already, by an earlier
 * start or by systemd's `DelegateSubgroup=capstan`, the delegated one is above.
 */
function ownGroup({ mountInfo, membership }: OwnPlace): string | undefined {
  const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readText(mountInfo))?.[1];
  const path = /^0::(\/.*)$/m.exec(readText(membership))?.[1];
  if (mount === undefined || path === undefined) return undefined;
  return resolve(join(mount, basename(path) === OWN ? dirname(path) : path));
}

function isUsable(path: string): boolean {
  const controllers = readText(join(path, 'cgroup.controllers')).split(/\s+/);
  return (
    controllers.includes('memory') &&
    ['cgroup.procs', 'cgroup.subtree_control'].every((file) => isWritable(join(path, file)))
  );
}

function prepared(to: Delegated): Delegation {
  if (to.version === 2) {
    moveDown(to.path);
    writeFileSync(join(to.path, 'cgroup.subtree_control'), '+memory');
  }
  return { kind: 'delegated', ...to };
}

function moveDown(path: string): void {
  const own = new ControlGroup({ path, version: 2 }, OWN);
  mkdirSync(own.path, { recursive: true });
  for (const pid of pidsIn(path)) own.enter(pid);
}

function pidsIn(path: string): number[] {
  return readText(join(path, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

/** One name for each member of each attempt, so that it is found again after any restart. */
export function groupOf(
  to: Delegated,
  ref: { readonly job: string; readonly attempt: number },
  rank: number,
): ControlGroup {
  return new ControlGroup(to, `${PREFIX}${ref.job}-${ref.attempt}-${rank}`);
}

/** Removes groups in which nothing lives: of attempts whose end nobody was there to see. */
export function removeEmptyGroups(to: Delegated): void {
  for (const name of readdirSync(to.path)) {
    if (name.startsWith(PREFIX)) new ControlGroup(to, name).remove();
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
