/**
 * Whom PostgreSQL and jobs run as when Capstan is root. PostgreSQL refuses root, and what a job
 * runs must not read the server's keys or the database's files.
 */
import { readFile, stat } from 'node:fs/promises';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** Empty when Capstan is an ordinary user: then everything is one trust domain. */
export interface Users {
  readonly postgres?: UserIds;
  readonly jobs?: UserIds;
}

/**
 * Neither a person's, nor a distribution's, nor one that systemd gives out (60513–61184 is free
 * in its table of ids). It needs no entry in /etc/passwd.
 */
export const JOBS_USER: UserIds = { uid: 60980, gid: 60980 };

const NOBODY: UserIds = { uid: 65534, gid: 65534 };

/** The ids by which PostgreSQL runs: the owner of what is there already, else `postgres`, else `nobody`. */
export async function postgresUser(existing: string): Promise<UserIds> {
  const owner = await ownerOf(existing);
  if (owner && owner.uid !== 0) return owner;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return findUser(passwd, 'postgres') ?? findUser(passwd, 'nobody') ?? NOBODY;
}

/** Reads one name out of the text of /etc/passwd. */
export function findUser(passwd: string, name: string): UserIds | undefined {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && uid && gid && Number(uid) !== 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

async function ownerOf(path: string): Promise<UserIds | undefined> {
  const seen = await stat(path).catch(() => undefined);
  return seen && { uid: seen.uid, gid: seen.gid };
}
