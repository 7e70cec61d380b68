/** Whether another user can reach a path: the execute bit of every directory on the way. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { UserIds } from './users.ts';

/** Who is meant when no one in particular is: a user who owns nothing and is in no group. */
const ANYONE: UserIds = { uid: -1, gid: -1 };

/** True when `user` can enter every directory above `path` (which is a real path, without links). */
export async function parentsTraversable(path: string, user: UserIds = ANYONE): Promise<boolean> {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    if (!(await grants(dir, user, 0o1))) return false;
    if (dir === dirname(dir)) return true;
  }
}

/** True when the bits of `path` itself give `user` all of `wanted` (4 read, 2 write, 1 execute). */
export async function grants(path: string, user: UserIds, wanted: number): Promise<boolean> {
  const seen = await stat(path);
  const shift = seen.uid === user.uid ? 6 : seen.gid === user.gid ? 3 : 0;
  return ((seen.mode >> shift) & wanted) === wanted;
}

/** True when anyone at all can enter the directory `path` and all above it. */
export async function traversable(path: string): Promise<boolean> {
  return (await grants(path, ANYONE, 0o1)) && (await parentsTraversable(path));
}
