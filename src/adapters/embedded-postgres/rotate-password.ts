/**
 * Replaces the password of a running embedded database. The new one is on disk before the database takes
 * it, and takes the old one's place after: a kill between the two leaves both, and the next start finds
 * out which is right. Whoever is connected stays connected.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { realpath, rename, stat } from 'node:fs/promises';
import pg from 'pg';
import { type ClusterPaths, clusterPaths, DATABASE_USER } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { syncDirectory } from './initialise.ts';
import { connectionTo } from './launch-context.ts';
import { newPassword, passwordMismatch, passwordsOf, writeWhole } from './password.ts';
import { readPostmasterFile } from './postmaster-file.ts';

/** One at a time. Any number, as long as it stays the same. */
const LOCK = 1_254_867_221;
/** As PostgreSQL does it by default. */
const ITERATIONS = 4096;

/** @throws EmbeddedPostgresError `NotRunning`, `PasswordMismatch` */
export async function rotatePassword(postgresDir: string): Promise<void> {
  const paths = clusterPaths(await realpath(postgresDir), '');
  const client = await connect(paths);
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    const { uid, gid } = await stat(paths.area);
    const password = newPassword();
    await writeWhole(paths.nextPassword, password, { uid, gid });
    await syncDirectory(paths.area);
    await client.query(`ALTER ROLE ${DATABASE_USER} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
    await rename(paths.nextPassword, paths.password);
    await syncDirectory(paths.area);
  } finally {
    await client.end();
  }
}

/** By whichever password opens it: an earlier replacement may have been cut off. */
async function connect(paths: ClusterPaths): Promise<pg.Client> {
  const file = await readPostmasterFile(paths.data);
  if (file?.status !== 'ready') {
    throw new EmbeddedPostgresError('NotRunning', {
      message: `no database takes connections in ${paths.data}`,
      next: 'It is starting or stopping: try again in a moment.',
    });
  }
  for (const password of await passwordsOf(paths.area)) {
    const client = new pg.Client({ ...connectionTo(file.socketDir, password), ssl: false });
    client.on('error', () => undefined);
    const opened = await client.connect().then(
      () => true,
      (error: unknown) => {
        if ((error as { code?: string }).code !== '28P01') throw error;
        return false;
      },
    );
    if (opened) return client;
    await client.end().catch(() => undefined);
  }
  throw passwordMismatch(paths);
}

/**
 * What PostgreSQL stores (RFC 5803): so the password itself stands in no statement, where a log or
 * `pg_stat_activity` could show it.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}
