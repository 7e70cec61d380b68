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
import { join } from 'node:path';
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

/** @throws Error when the path of the configuration is no control group that can be used */
export function findDelegation(setting: CgroupSetting, mountInfo = '/proc/self/mountinfo'): Delegation {
  if (setting === 'off') return { kind: 'none', why: 'the setting runner.cgroup is off' };
  if (setting !== 'auto') return delegatedAt(setting);
  if (process.getuid?.() === 0)
    return {
      kind: 'none',
      why: 'no control group was delegated: root names one by the setting runner.cgroup',
    };
  const own = ownGroup(mountInfo);
  if (own === undefined) return { kind: 'none', why: 'this machine has no control groups of version 2' };
  if (!isUsable(own)) return { kind: 'none', why: `the control group ${own} is not delegated to this user` };
  return prepared({ path: own, version: 2 });
}

function delegatedAt(path: string): Delegation {
  if (existsSync(join(path, 'memory.limit_in_bytes'))) return prepared({ path, version: 1 });
  if (existsSync(join(path, 'cgroup.controllers'))) {
    if (!isUsable(path)) throw new Error(`runner.cgroup: ${path} does not let this user limit memory in it`);
    return prepared({ path, version: 2 });
  }
  throw new Error(`runner.cgroup: ${path} is no control group with a controller of memory`);
}

/** Of version 2: `0::/user.slice/…` below its mount point. */
function ownGroup(mountInfo: string): string | undefined {
  const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readText(mountInfo))?.[1];
  const path = /^0::(\/.*)$/m.exec(readText('/proc/self/cgroup'))?.[1];
  return mount === undefined || path === undefined ? undefined : join(mount, path);
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
  for (const pid of readText(join(path, 'cgroup.procs')).split('\n').filter(Boolean)) own.enter(Number(pid));
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
