/**
 * Moves a cluster that an older major version made to the one of this program, before it is started:
 * the old binaries run the old cluster, a new one is made beside it and filled by whoever knows what is in
 * it, and only when that is verified and both are shut down, a rename makes the new one count.
 */
import { chmod, chown, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClusterPaths,
  type ConnectionConfig,
  clusterPaths,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.ts';
import { findPostgresPackage } from './find-package.ts';
import { majorOf, versionMismatch } from './initialise.ts';
import { findRuntime, SYSTEM_PLACES } from './old-runtime.ts';
import { readPassword } from './password.ts';
import type { Runtime } from './runtime-copy.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';
import {
  bytesIn,
  checkRoom,
  commitDraft,
  discardDraft,
  draftOf,
  finishSwitch,
  type KeptCluster,
  localSettingsOf,
  megabytes,
  removeOldKept,
} from './upgrade-places.ts';

export interface UpgradeOptions extends EmbeddedPostgresOptions {
  /** Puts all that is in the one into the other, which is empty. What it throws ends the upgrade; the old one stays. */
  readonly copy: (from: ConnectionConfig, to: ConnectionConfig) => Promise<void>;
  readonly now?: () => Date;
  /** Where to look for binaries besides the copies; `MAJOR` stands for the version. */
  readonly systemPlaces?: readonly string[];
}

/**
 * Does nothing when the cluster is of this program's major version, or there is none. The caller must
 * hold the lock of the data home. Returns what was kept of an upgrade that ended now.
 *
 * @throws EmbeddedPostgresError `VersionMismatch` when the old binaries are nowhere, `UpgradeNoRoom`; what
 * `copy` throws. The old cluster is as it was.
 */
export async function upgradeCluster(options: UpgradeOptions): Promise<KeptCluster | undefined> {
  const { now = () => new Date(), postgresDir, runDir } = options;
  const area = await realpath(postgresDir).catch(() => undefined);
  if (area === undefined) return undefined;
  const paths = clusterPaths(area, runDir);
  const resumed = await finishSwitch(paths, now());
  await discardDraft(area);
  await rm(newRunDirOf(runDir), { recursive: true, force: true });
  await removeOldKept(area, now());
  const ours = Number.parseInt(findPostgresPackage().version, 10);
  const made = await majorOf(paths);
  if (made === undefined || made === ours) return resumed && told(options, resumed);
  const runtime = made < ours ? await findRuntime(made, options.runtimeDir, options.systemPlaces) : undefined;
  if (!runtime) throw versionMismatch(paths, made, ours);
  await checkRoom(paths);
  await new Upgrade(options, paths, { runtime, ours }).run();
  const kept = await finishSwitch(paths, now());
  return kept && told(options, kept);
}

/** Whether there is anything for `upgradeCluster` to do: a look at names, for every start. */
export async function needsUpgrade(postgresDir: string): Promise<boolean> {
  const names = await readdir(postgresDir).catch(() => []);
  const ours = Number.parseInt(findPostgresPackage().version, 10);
  const made = await majorOf({ data: join(postgresDir, 'data') });
  return (
    (made !== undefined && made !== ours) || names.some((name) => /^(upgrade|upgraded|data-.*)$/.test(name))
  );
}

/** The binaries that can run the cluster as it is, without upgrading it; undefined for those of this program. */
export async function runtimeOfCluster(
  options: Pick<UpgradeOptions, 'postgresDir' | 'runtimeDir' | 'systemPlaces'>,
): Promise<Runtime | undefined> {
  const made = await majorOf({ data: join(options.postgresDir, 'data') });
  const ours = Number.parseInt(findPostgresPackage().version, 10);
  if (made === undefined || made === ours) return undefined;
  return findRuntime(made, options.runtimeDir, options.systemPlaces ?? SYSTEM_PLACES);
}

async function told({ onProgress }: UpgradeOptions, kept: KeptCluster): Promise<KeptCluster> {
  const size = megabytes(await bytesIn(kept.path));
  const message = `the database was upgraded; the one of PostgreSQL ${kept.major} is kept for 30 days in ${kept.path} (${size}): docs/backup.md says how to go back`;
  onProgress?.({ phase: 'upgrading', message });
  return kept;
}

/** The socket of the new cluster while both run. */
const newRunDirOf = (runDir: string) => join(runDir, 'new');

class Upgrade {
  readonly #options: UpgradeOptions;
  readonly #paths: ClusterPaths;
  readonly #runtime: Runtime;
  readonly #ours: number;

  constructor(options: UpgradeOptions, paths: ClusterPaths, parts: { runtime: Runtime; ours: number }) {
    this.#options = options;
    this.#paths = paths;
    this.#runtime = parts.runtime;
    this.#ours = parts.ours;
  }

  async run(): Promise<void> {
    const { major } = this.#runtime;
    this.#say(
      `the database is upgraded from PostgreSQL ${major} to ${this.#ours}; the old one stays as it is`,
    );
    const running: EmbeddedPostgres[] = [];
    try {
      const old = await startEmbeddedPostgres({ ...this.#options, runtime: this.#runtime });
      running.push(old);
      const fresh = await this.#startNew();
      running.push(fresh);
      this.#say('the rows are copied');
      await this.#options.copy(old.config, fresh.config);
    } finally {
      // Both are shut down before anything counts: nobody runs in a directory that is renamed.
      for (const postgres of running) await postgres.stop();
      await rm(this.#newRunDir, { recursive: true, force: true });
    }
    this.#say('the copy is whole, and takes the place of the old one');
    await commitDraft(this.#paths);
  }

  get #newRunDir(): string {
    return newRunDirOf(this.#options.runDir);
  }

  /** With the same password and the same settings of the person's own. */
  async #startNew(): Promise<EmbeddedPostgres> {
    const { runDir, user } = this.#options;
    const draft = draftOf(this.#paths.area);
    await mkdir(draft, { mode: 0o700 });
    const password = join(draft, 'password');
    await writeFile(password, await readPassword(this.#paths), { mode: 0o600, flush: true });
    if (user) await chown(password, user.uid, user.gid);
    await mkdir(this.#newRunDir, { recursive: true });
    await chmod(this.#newRunDir, (await stat(runDir)).mode & 0o777);
    return startEmbeddedPostgres({
      ...this.#options,
      postgresDir: draft,
      runDir: this.#newRunDir,
      localSettings: await localSettingsOf(this.#paths.data),
    });
  }

  #say(message: string): void {
    this.#options.onProgress?.({ phase: 'upgrading', message });
  }
}
