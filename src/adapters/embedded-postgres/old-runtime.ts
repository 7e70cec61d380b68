/**
 * The binaries of an earlier major version: the copy that the release before this one ran from, which
 * nobody removes, or those of the machine's own packages.
 */
import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isWhole, type Runtime, runtimeAt } from './runtime-copy.ts';

/** Where Debian's and Red Hat's packages of PostgreSQL put a major version. */
export const SYSTEM_PLACES: readonly string[] = ['/usr/lib/postgresql/MAJOR', '/usr/pgsql-MAJOR'];

/** Undefined when this machine has none. A damaged copy does not count. */
export async function findRuntime(
  major: number,
  runtimeDir: string,
  systemPlaces = SYSTEM_PLACES,
): Promise<Runtime | undefined> {
  for (const place of await copiesOf(major, runtimeDir))
    if (await isWhole(place)) return runtimeAt(place, major);
  for (const pattern of systemPlaces) {
    const runtime = runtimeAt(pattern.replace('MAJOR', String(major)), major);
    if (await isExecutable(runtime.postgres)) return runtime;
  }
  return undefined;
}

/** Newest minor version first: it has read what the others wrote. */
async function copiesOf(major: number, runtimeDir: string): Promise<readonly string[]> {
  const names = (await readdir(runtimeDir).catch(() => [])).filter((name) =>
    new RegExp(`^postgres-${major}\\.\\d+(\\.\\d+)?(-[a-z.0-9]+)?$`).test(name),
  );
  const newestFirst = names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return newestFirst.map((name) => join(runtimeDir, name));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
