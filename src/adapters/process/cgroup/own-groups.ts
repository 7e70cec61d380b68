/** The way back into the group that this process was in. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ControlGroup } from './control-group.ts';

/**
 * Remembers where this process is; the answer brings it back from another group of the same hierarchy.
 * Where it was is found relative to that group, because only that one's place in the file system is known.
 */
export function ownGroups(): (from: ControlGroup) => void {
  const before = memberships();
  return (from) => {
    const now = memberships();
    for (const [hierarchy, path] of now) {
      const was = before.get(hierarchy);
      if (was === undefined || was === path) continue;
      writeFileSync(join(rootOf(from.path, path), was, 'cgroup.procs'), String(process.pid));
    }
  };
}

/** Hierarchy → path below its root. */
function memberships(): Map<string, string> {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [id = '', names = '', ...path] = line.split(':');
      return [`${id}:${names}`, path.join(':')] as const;
    }),
  );
}

/** `/sys/fs/cgroup/memory/a/b` is `/a/b` there: the root is what is left. */
function rootOf(place: string, path: string): string {
  let root = place;
  for (const _ of path.split('/').filter(Boolean)) root = dirname(root);
  return root;
}
