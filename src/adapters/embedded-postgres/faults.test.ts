/** Every failure that a person can meet says what it is, what to do, and leaves nothing running. */
import { appendFile, chmod, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedPostgresOptions } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { findPostgresPackage } from './find-package.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';
import {
  asRoot,
  disposableRuntime,
  query,
  type ScratchArea,
  scratchArea,
  scratchRuntime,
  stoppedDatabase,
} from './testing/scratch-area.ts';

let runtimeDir: string;
let stopped: ScratchArea;
beforeAll(async () => {
  runtimeDir = await scratchRuntime();
  stopped = await stoppedDatabase(runtimeDir);
}, 60_000);
afterAll(async () => {
  await stopped[Symbol.asyncDispose]();
  await rm(runtimeDir, { recursive: true });
});

interface Fault {
  readonly what: string;
  /** Damages a stopped database; may change how it is started. */
  damage(area: ScratchArea): Promise<Partial<EmbeddedPostgresOptions> | undefined>;
  readonly want: { readonly code: string; readonly message: RegExp };
}

const password = (area: ScratchArea) => join(area.options.postgresDir, 'password');

const FAULTS: readonly Fault[] = [
  {
    what: 'a password file that is gone',
    async damage(area) {
      await rm(password(area));
      return undefined;
    },
    want: { code: 'PasswordMissing', message: /password is missing or empty\. Restore/ },
  },
  {
    what: 'a password file of another database',
    async damage(area) {
      await writeFile(password(area), 'of-another');
      return undefined;
    },
    want: { code: 'PasswordMismatch', message: /does not accept the password/ },
  },
  {
    what: 'a database of another major version',
    async damage(area) {
      await writeFile(join(area.data, 'PG_VERSION'), '17\n');
      return undefined;
    },
    want: {
      code: 'VersionMismatch',
      message: /made by PostgreSQL 17, this Capstan has 18\. .*capstan backup/,
    },
  },
  {
    what: 'a setting that PostgreSQL does not know',
    async damage(area) {
      await appendFile(join(area.data, 'local.conf'), 'no_such_setting = on\n');
      return undefined;
    },
    want: { code: 'StartFailed', message: /unrecognized configuration parameter "no_such_setting"/ },
  },
  {
    what: 'a damaged control file',
    async damage(area) {
      await writeFile(join(area.data, 'global', 'pg_control'), 'x');
      return undefined;
    },
    want: { code: 'StartFailed', message: /pg_control/ },
  },
  {
    what: 'a run directory whose path is too long for a socket',
    damage: async (area) => ({ runDir: join(area.options.runDir, 'x'.repeat(90)) }),
    want: { code: 'SocketPathTooLong', message: /107 are possible\. Give a shorter run directory/ },
  },
  {
    what: 'a start that may take no time at all',
    damage: async () => ({ timeouts: { start: 1 } }),
    want: { code: 'StartTimedOut', message: /was not ready in 1 ms|did not become ready or end in time/ },
  },
  {
    what: 'a runtime directory that cannot be made',
    async damage(area) {
      const file = join(area.options.postgresDir, 'a-file');
      await writeFile(file, '');
      return { runtimeDir: join(file, 'runtime') };
    },
    want: { code: 'RuntimeUnusable', message: /cannot copy the PostgreSQL binaries/ },
  },
];

describe.concurrent('a start is refused by', { timeout: 60_000 }, () => {
  test.each(FAULTS)('$what', async ({ damage, want }) => {
    await using area = await scratchArea(runtimeDir, stopped);
    const changed = await damage(area);
    const refusal = await startEmbeddedPostgres({ ...area.options, ...changed }).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(EmbeddedPostgresError);
    expect(refusal).toMatchObject({ code: want.code, message: expect.stringMatching(want.message) });
  });

  test('a password file of another database, and the running postmaster stays', async () => {
    await using area = await scratchArea(runtimeDir, stopped);
    const postgres = await startEmbeddedPostgres(area.options);
    await rename(password(area), `${password(area)}.kept`);
    await writeFile(password(area), 'of-another');
    const refusal = await startEmbeddedPostgres(area.options).catch((e: unknown) => e);
    const rows = await query(postgres.config, 'SELECT 1 AS one');
    await postgres.stop();
    expect(refusal).toMatchObject({ code: 'PasswordMismatch' });
    expect(rows).toEqual([{ one: 1 }]);
  });

  test('a signal, and what was started is stopped', async () => {
    await using area = await scratchArea(runtimeDir, stopped);
    const stop = new AbortController();
    const options: EmbeddedPostgresOptions = {
      ...area.options,
      signal: stop.signal,
      onProgress: ({ phase }) => phase === 'starting' && stop.abort(new Error('enough')),
    };
    await expect(startEmbeddedPostgres(options)).rejects.toThrow('enough');
  });

  test.runIf(asRoot)('root without another user to run as', async () => {
    await using area = await scratchArea(runtimeDir, stopped);
    const refusal = startEmbeddedPostgres({ ...area.options, user: undefined });
    await expect(refusal).rejects.toMatchObject({ code: 'UserSwitchRefused' });
  });

  test.runIf(asRoot)('a user without a name, whom initdb does not accept', async () => {
    await using area = await scratchArea(runtimeDir);
    const refusal = startEmbeddedPostgres({ ...area.options, user: { uid: 61183, gid: 61183 } });
    await expect(refusal).rejects.toMatchObject({ code: 'UserUnknown' });
  });

  test('a platform without binaries', () => {
    expect(() => findPostgresPackage('plan9-vax')).toThrow(/for plan9-vax .* are not installed/);
  });
});

describe.concurrent('an initdb that fails', { timeout: 60_000 }, () => {
  test('says why, and the next start begins anew', async () => {
    await using own = await disposableRuntime();
    await using area = await scratchArea(own.dir);
    await (await startEmbeddedPostgres(area.options)).stop();
    await rm(area.data, { recursive: true });
    const [name] = await readdir(own.dir);
    const catalog = join(own.dir, name!, 'share', 'postgresql', 'postgres.bki');
    await chmod(catalog, 0o000);
    const refusal = await startEmbeddedPostgres(area.options).catch((e: unknown) => e);
    await chmod(catalog, 0o644);
    await (await startEmbeddedPostgres(area.options)).stop();
    const left = (await readdir(area.options.postgresDir)).sort();
    expect(refusal).toMatchObject({ code: 'InitFailed', message: expect.stringContaining('postgres.bki') });
    expect(left).toEqual(['data', 'log', 'password']);
  });
});
