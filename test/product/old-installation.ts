/** A data directory that a Capstan with PostgreSQL 15 could have left: this machine's own runs and makes it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type DataHome, openDataHome } from '../../src/adapters/data-home/open-data-home.ts';
import { processesIn } from '../../src/adapters/embedded-postgres/processes.ts';
import { openStore } from '../../src/adapters/postgres/open-store.ts';
import { startDatabaseAsItIs } from '../../src/main/embedded-database.ts';

const run = promisify(execFile);
const BIN = '/usr/lib/postgresql/15/bin';
const UPGRADER = join(import.meta.dirname, 'upgrader.ts');

/** Why there can be no old installation here; undefined when there can. */
export function whyNoOldPostgres(): string | undefined {
  try {
    accessSync(join(BIN, 'initdb'), constants.X_OK);
    return undefined;
  } catch {
    return 'this machine has no PostgreSQL 15 (Debian: postgresql-15)';
  }
}

export const silently = () => undefined;

export class OldInstallation implements AsyncDisposable {
  readonly data: string;

  private constructor(data: string) {
    this.data = data;
  }

  /** With projects and events in it, and audit records of them. */
  static async make(projects: number): Promise<OldInstallation> {
    const made = new OldInstallation(mkdtempSync(join(tmpdir(), 'capstan-old-')));
    await made.withHome(async (home) => {
      await initialise(home);
      const postgres = await startDatabaseAsItIs(home, silently);
      const store = await openStore({ connection: postgres.config, clock: Date });
      try {
        await store.migrate();
        const names = Array.from({ length: projects }, (_, at) => `p${at}`);
        const labels = { 'ä"\\': '\n' };
        for (const name of names)
          await store.projects.put(
            { name, labels, description: 'a\tb', defaultQueue: undefined },
            Date.now(),
          );
      } finally {
        await store.close();
        await postgres.stop();
      }
    });
    return made;
  }

  /** One like it, for a test that changes it. */
  async copy(): Promise<OldInstallation> {
    const copy = new OldInstallation(mkdtempSync(join(tmpdir(), 'capstan-old-')));
    await run('cp', ['-a', `${this.data}/.`, copy.data]);
    return copy;
  }

  get area(): string {
    return join(this.data, 'postgres');
  }

  async withHome<T>(work: (home: DataHome) => Promise<T>): Promise<T> {
    const home = await openDataHome({ dir: this.data });
    try {
      return await work(home);
    } finally {
      await home.close();
    }
  }

  /** Upgrades in a process of its own, which is killed at its first line that matches. */
  async upgradeAndKill(at: RegExp): Promise<void> {
    const child = spawn(process.execPath, [UPGRADER, this.data], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let seen = false;
    for await (const line of createInterface({ input: child.stdout })) {
      if (!at.test(line)) continue;
      seen = true;
      child.kill('SIGKILL');
      break;
    }
    await ended;
    if (!seen) throw new Error(`the upgrade ended before it said ${at}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const places = ['data', 'upgrade/data', 'upgraded/data'].map((name) => join(this.area, name));
    const left = (await Promise.all(places.map(processesIn))).flat();
    rmSync(this.data, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left running: ${left.map(({ pid }) => pid).join(', ')}`);
  }
}

/** As the launcher does it, with the flags that 15 knows. */
async function initialise({ postgresDir, users }: DataHome): Promise<void> {
  const password = join(postgresDir, 'password');
  const data = join(postgresDir, 'data');
  writeFileSync(password, 'the-password-of-a-test', { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  const { postgres: user } = users;
  if (user) for (const path of [postgresDir, password, data]) chownSync(path, user.uid, user.gid);
  const args = [`--pgdata=${data}`, '--username=capstan', `--pwfile=${password}`, '--auth=scram-sha-256'];
  const child = spawn(join(BIN, 'initdb'), [...args, '--encoding=UTF8', '--locale=C', '--data-checksums'], {
    cwd: postgresDir,
    stdio: 'ignore',
    ...user,
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  const local = join(data, 'local.conf');
  writeFileSync(local, 'work_mem = 7MB\n', { mode: 0o600 });
  if (user) chownSync(local, user.uid, user.gid);
  await run('sh', [
    '-c',
    `printf "include 'capstan.conf'\\ninclude 'local.conf'\\n" >> "$0"`,
    `${data}/postgresql.conf`,
  ]);
}
