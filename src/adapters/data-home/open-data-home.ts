/**
 * The data home of `capstan up`: one directory that a person names, held by one instance at a
 * time, and from it the places where each part lives and the users that the parts run as.
 */
import { chmod, mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { AREAS_ROOT, type Area, openArea, readRecord } from './area.ts';
import {
  type DataDir,
  defaultDataDir,
  type Environment,
  prepareDataDir,
  setDataDirMode,
} from './data-dir.ts';
import { DataHomeError } from './errors.ts';
import { type InstanceLock, LOCK_FILE, takeInstanceLock } from './instance-lock.ts';
import { pruneAreas } from './prune-areas.ts';
import { closeRunDir, openRunDir, runBases } from './run-dir.ts';
import { parentsTraversable, traversable } from './traversable.ts';
import { JOBS_USER, postgresUser, type UserIds, type Users } from './users.ts';

export interface DataHomeOptions {
  /** `--data`; default: the XDG data directory. */
  readonly dir?: string | undefined;
  readonly env?: Environment;
  /** Whom jobs run as when Capstan is root. */
  readonly jobsUser?: UserIds | undefined;
  /** Where reachable areas are made for directories that only root can reach. */
  readonly areasRoot?: string;
  /** Where run directories may stand, best first. */
  readonly runBases?: readonly string[];
  readonly now?: () => Date;
}

export interface DataHome {
  /** The directory that was named, by its real path. */
  readonly dir: string;
  /** What PostgreSQL and jobs need lies below; as root every user can enter it. `dir` itself, or an area. */
  readonly home: string;
  /** For the database: files are its user's, mode 0700. */
  readonly postgresDir: string;
  readonly jobsDir: string;
  /** The server's own, mode 0700. */
  readonly blobsDir: string;
  /** Short and private, for Unix sockets. */
  readonly runDir: string;
  /** Where the first administrator's key is kept; made by whoever makes the key, with mode 0600. */
  readonly keyFile: string;
  readonly users: Users;
  readonly lock: InstanceLock;
  /** Gives the directory back. End what runs in it first. */
  close(): Promise<void>;
}

interface Place {
  readonly path: string;
  readonly area?: Area;
}

/**
 * @throws DataDirHeld when another instance has the directory.
 * @throws DataHomeError when it cannot be used, saying what to do.
 */
export async function openDataHome(options: DataHomeOptions = {}): Promise<DataHome> {
  const env = options.env ?? process.env;
  const now = options.now ?? (() => new Date());
  const uid = process.getuid?.() ?? 0;
  const dir = await prepareDataDir(options.dir ?? defaultDataDir(env), uid);
  const lock = await takeInstanceLock(dir.path, now());
  const undo: (() => Promise<void> | void)[] = [() => lock.release()];
  try {
    const root = uid === 0;
    const place = root ? await reachablePlace(dir, options.areasRoot, now()) : await privatePlace(dir);
    if (place.area) undo.unshift(place.area.lock.release);
    const parts = await makeParts(dir.path, place.path, { root, jobsUser: options.jobsUser });
    const at = { dir: dir.path, root, uid, env };
    const runDir = await openRunDir(at, options.runBases ?? runBases(at));
    undo.unshift(() => closeRunDir(runDir));
    return { dir: dir.path, home: place.path, ...parts, runDir, lock, close: () => inTurn(undo) };
  } catch (error) {
    await inTurn(undo);
    throw error instanceof DataHomeError ? error : unusable(dir.path, error);
  }
}

/** Most often: root used the directory before, and now an ordinary user wants to. */
function unusable(dir: string, cause: unknown): DataHomeError {
  return new DataHomeError('DataDirUnusable', {
    message: `cannot use ${dir}: ${cause instanceof Error ? cause.message : String(cause)}`,
    next: 'Start Capstan as the user who used it before, or choose another directory with --data.',
    cause,
  });
}

async function privatePlace(dir: DataDir): Promise<Place> {
  await setDataDirMode(dir, 0o700);
  return { path: dir.path };
}

/** As root: the directory itself when others can reach it or may be let in, else an area. */
async function reachablePlace(dir: DataDir, areasRoot = AREAS_ROOT, now: Date): Promise<Place> {
  await pruneAreas(areasRoot, now);
  if (!(await readRecord(dir.path))) {
    if (await letIn(dir)) return { path: dir.path };
    await refuseUnreachable(dir.path);
  }
  await setDataDirMode(dir, 0o700);
  const area = await openArea(dir.path, areasRoot);
  // Pruning asks when an area was last used.
  await utimes(join(area.path, LOCK_FILE), now, now);
  return { path: area.path, area };
}

async function letIn(dir: DataDir): Promise<boolean> {
  if (!(await parentsTraversable(dir.path))) return false;
  await setDataDirMode(dir, 0o711);
  return traversable(dir.path);
}

/** A database that was made here while others could reach it must not seem to have vanished. */
async function refuseUnreachable(dir: string): Promise<void> {
  const database = join(dir, 'postgres');
  if (!(await stat(database).catch(() => undefined))) return;
  throw new DataHomeError('DataDirNotTraversable', {
    message: `the database in ${database} can no longer be reached by the user it runs as`,
    next: `Give others the execute permission on every directory above ${database} (chmod o+x).`,
  });
}

interface Owners {
  readonly root: boolean;
  readonly jobsUser: UserIds | undefined;
}

type Parts = Pick<DataHome, 'postgresDir' | 'jobsDir' | 'blobsDir' | 'keyFile' | 'users'>;

async function makeParts(dir: string, home: string, { root, jobsUser }: Owners): Promise<Parts> {
  const postgresDir = join(home, 'postgres');
  const jobsDir = join(home, 'jobs');
  const blobsDir = join(dir, 'blobs');
  const users: Users = root ? { postgres: await postgresUser(postgresDir), jobs: jobsUser ?? JOBS_USER } : {};
  await makeDir(postgresDir, 0o700);
  await makeDir(jobsDir, root ? 0o711 : 0o700);
  await makeDir(blobsDir, 0o700);
  return { postgresDir, jobsDir, blobsDir, keyFile: join(dir, 'admin.key'), users };
}

/** chmod as well: the umask may have taken some of what mkdir was asked for. */
async function makeDir(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, mode);
}

async function inTurn(steps: (() => Promise<void> | void)[]): Promise<void> {
  for (const step of steps.splice(0)) await step();
}
