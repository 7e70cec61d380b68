/** Where the parts of a data directory are, without taking it: for who looks on while its holder works. */
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AREAS_ROOT, readRecord } from './area.ts';

export interface FoundDataHome {
  /** By its real path. */
  readonly dir: string;
  readonly postgresDir: string;
  readonly blobsDir: string;
}

/** Undefined when there is no such directory, or no database in it. */
export async function findDataHome(dir: string, areasRoot = AREAS_ROOT): Promise<FoundDataHome | undefined> {
  const path = await realpath(dir).catch(() => undefined);
  if (path === undefined) return undefined;
  const area = await readRecord(path);
  const postgresDir = join(area ? join(areasRoot, area.id) : path, 'postgres');
  if (!(await stat(postgresDir).catch(() => undefined))) return undefined;
  return { dir: path, postgresDir, blobsDir: join(path, 'blobs') };
}
