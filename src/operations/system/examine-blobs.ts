/**
 * Whether the store of logs, outputs and large payloads keeps what it is given: a few bytes are written, read
 * again and removed. A store that only answers may be full, or no longer let this server write.
 */
import type { Diagnosed } from '../../core/doctor/diagnosed.ts';
import type { Ports } from '../../ports/index.ts';
import { once } from '../task/bytes.ts';

const NEXT = 'Look at the log of the server; docs/configuration.md names the settings of `blobs`.';

/** Codes of Node's file system that say what is wrong without saying where. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no room left',
  EDQUOT: 'its quota of disk space is used up',
  EACCES: 'this server may not write there',
  EPERM: 'this server may not write there',
  EROFS: 'its file system is mounted read-only',
  ENOENT: 'its directory is not there',
};

export async function examineBlobs(
  { blobs, chance }: Pick<Ports, 'blobs' | 'chance'>,
  now: number,
): Promise<Diagnosed[]> {
  const folder = `doctor/${chance.uid(now)}/`;
  const key = `${folder}probe`;
  const written = Buffer.from(key);
  let doing = 'written to';
  try {
    await blobs.put(key, once(written));
    doing = 'read from';
    const read = await blobs.read(key, { offset: 0, limit: written.length });
    if (!read || !written.equals(read)) return [broken('it does not give back what was written to it')];
    doing = 'cleaned up';
    await blobs.removeAll(folder);
    if (await blobs.stat(key)) return [broken('it keeps what was removed from it')];
  } catch (error) {
    const why = MEANINGS[(error as NodeJS.ErrnoException).code ?? ''];
    // What else the error says may name hosts, paths or keys.
    return [broken(`it can not be ${doing}${why === undefined ? '' : `: ${why}`}`)];
  } finally {
    if (doing !== 'cleaned up') await blobs.removeAll(folder).catch(() => undefined);
  }
  const what = 'the store of logs and outputs takes, gives back and removes what it is given';
  return [{ check: 'blobs', level: 'ok', what }];
}

function broken(what: string): Diagnosed {
  const why = 'logs of ended jobs, outputs and large payloads can not be kept';
  return { check: 'blobs', level: 'error', what: `the store of logs and outputs: ${what}`, why, next: NEXT };
}
