/** What a crash can leave in a data directory, and that the next start always serves what was committed. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { goneWithin, type LiveProcess, processesIn, signal } from './processes.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';
import {
  connect,
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

interface Scene {
  readonly area: ScratchArea;
  readonly postgres: EmbeddedPostgres;
  readonly postmaster: LiveProcess;
  /** A connection that stays open. */
  readonly client: pg.Client;
  /** The pid of its backend. */
  readonly backend: number;
}

interface Wreck {
  readonly left: string;
  wreck(scene: Scene): Promise<void>;
  readonly phases: readonly string[];
}

/** In milliseconds. */
const BOUND = { timeout: 10_000, interval: 20 };
/** What may also be reported when processes take their time to end. */
const ON_A_SLOW_MACHINE: ReadonlySet<string> = new Set(['waiting', 'draining']);

const recovers = ['recovering', 'starting', 'ready'];

const WRECKS: readonly Wreck[] = [
  {
    left: 'a postmaster killed without backends',
    async wreck({ client, postmaster }) {
      await client.end();
      await kill(postmaster);
    },
    phases: recovers,
  },
  {
    left: 'a postmaster killed under an idle backend',
    wreck: ({ postmaster }) => kill(postmaster),
    phases: recovers,
  },
  {
    left: 'a backend deep in a query, without a postmaster',
    async wreck({ client, postmaster, postgres, backend }) {
      client.query('SELECT count(*) FROM generate_series(1, 1000000000000)').catch(() => {});
      await vi.waitFor(() => expect(isActive(postgres, backend)).resolves.toBe(true), BOUND);
      await kill(postmaster);
    },
    phases: ['draining', ...recovers],
  },
  {
    left: 'a postmaster.pid whose pid now belongs to another process',
    async wreck({ area, postmaster }) {
      await kill(postmaster);
      await goneWithin(5000, ...(await processesIn(area.data)));
      await writeFile(join(area.data, 'postmaster.pid'), `${process.pid}\n${area.data}\n`);
    },
    phases: recovers,
  },
  {
    left: 'an empty postmaster.pid',
    async wreck({ area, postmaster }) {
      await kill(postmaster);
      await goneWithin(5000, ...(await processesIn(area.data)));
      await writeFile(join(area.data, 'postmaster.pid'), '');
    },
    phases: ['starting', 'ready'],
  },
  {
    left: 'a postmaster whose socket was removed',
    wreck: ({ area }) => rm(join(area.options.runDir, 'pg'), { recursive: true }),
    phases: ['draining', 'starting', 'ready'],
  },
  {
    left: 'a postmaster that waits for its last client before it ends',
    async wreck({ area, postmaster }) {
      signal(postmaster, 'SIGTERM');
      await vi.waitFor(() => expect(statusOf(area)).resolves.toBe('stopping'), BOUND);
    },
    phases: ['waiting', 'starting', 'ready'],
  },
  {
    left: 'a killed backend, after which the postmaster recovers by itself',
    async wreck({ postgres, backend }) {
      const other = await connect(postgres.config);
      const ended = new Promise((resolve) => other.once('end', resolve));
      process.kill(backend, 'SIGKILL');
      // The postmaster has noticed: it ends all others.
      await ended;
    },
    phases: ['adopting', 'ready'],
  },
  {
    left: 'a healthy postmaster with a client of somebody else',
    wreck: async () => {},
    phases: ['adopting', 'ready'],
  },
];

describe.concurrent('a start finds', { timeout: 60_000 }, () => {
  test.each(WRECKS)('$left: and serves what was committed', async ({ wreck, phases }) => {
    await using area = await scratchArea(runtimeDir, stopped);
    const postgres = await startEmbeddedPostgres(area.options);
    await query(postgres.config, `CREATE TABLE kept AS SELECT 'committed' AS state`);
    const client = await connect(postgres.config);
    const backend = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
    const postmaster = await postmasterOf(area, postgres);
    area.progress.length = 0;
    await wreck({ area, postgres, postmaster, client, backend });
    const again = await startEmbeddedPostgres({ ...area.options, timeouts: { stop: 500, drain: 300 } });
    const rows = await query(again.config, 'SELECT state FROM kept');
    await again.stop();
    await client.end().catch(() => {});
    expect(rows).toEqual([{ state: 'committed' }]);
    const seen = new Set(area.progress.map(({ phase }) => phase));
    expect([...seen].filter((phase) => phases.includes(phase) || !ON_A_SLOW_MACHINE.has(phase))).toEqual(
      phases,
    );
  });
});

describe.concurrent('the owner is told', { timeout: 60_000 }, () => {
  test.each([
    { whose: 'its own postmaster', adopt: false, want: { code: undefined, signal: 'SIGKILL' } },
    { whose: 'an adopted postmaster', adopt: true, want: {} },
  ])('that $whose died, and stopping it then is harmless', async ({ adopt, want }) => {
    await using area = await scratchArea(runtimeDir, stopped);
    const first = await startEmbeddedPostgres(area.options);
    const postgres = adopt ? await startEmbeddedPostgres(area.options) : first;
    const died = new Promise((resolve) => postgres.onExit(resolve));
    await kill(await postmasterOf(area, postgres));
    expect(await died).toEqual(want);
    await postgres.stop();
  });

  test('nothing when it stops the postmaster itself', async () => {
    await using area = await scratchArea(runtimeDir, stopped);
    const postgres = await startEmbeddedPostgres(area.options);
    const told: unknown[] = [];
    postgres.onExit((exit) => told.push(exit));
    await Promise.all([postgres.stop(), postgres.stop()]);
    postgres.onExit((exit) => told.push(exit));
    // Long enough for a late word of the first one's end.
    await (await startEmbeddedPostgres(area.options)).stop();
    expect(told).toEqual([]);
  });
});

async function isActive({ config }: EmbeddedPostgres, backend: number): Promise<boolean> {
  const [row] = await query<{ state: string }>(
    config,
    `SELECT state FROM pg_stat_activity WHERE pid = ${backend}`,
  );
  return row?.state === 'active';
}

async function statusOf(area: ScratchArea): Promise<string | undefined> {
  return (await readPostmasterFile(area.data))?.status;
}

async function postmasterOf(area: ScratchArea, { pid }: EmbeddedPostgres): Promise<LiveProcess> {
  const found = (await processesIn(area.data)).find((known) => known.pid === pid);
  if (!found) throw new Error(`process ${pid} does not work in ${area.data}`);
  return found;
}

async function kill(known: LiveProcess): Promise<void> {
  signal(known, 'SIGKILL');
  if (!(await goneWithin(5000, known))) throw new Error(`process ${known.pid} does not die`);
}
