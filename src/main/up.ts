/**
 * `capstan up`: server, embedded PostgreSQL and a local agent in one process, on loopback. Jobs and the
 * database outlive a kill of it, and the next `up` finds them again.
 */
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { createLocalBlobs } from '../adapters/blobs/local-blobs.ts';
import { type DataHome, openDataHome } from '../adapters/data-home/open-data-home.ts';
import { reachableRuntime } from '../adapters/data-home/reachable-runtime.ts';
import { passwordsOf } from '../adapters/embedded-postgres/password.ts';
import { needsUpgrade } from '../adapters/embedded-postgres/upgrade.ts';
import type { ProcessRunnerOptions } from '../adapters/process/runner.ts';
import type { NodesFile } from '../contract/nodes-file.ts';
import type { Apply } from './config/live.ts';
import { withClientSecret } from './config/load.ts';
import type { Settings } from './config/schema.ts';
import type { ControlPlane } from './control-plane.ts';
import { startDatabase } from './embedded-database.ts';
import { firstKey } from './first-key.ts';
import { newPepper, secretFile } from './identity.ts';
import { type KeptDatabase, keepDatabase } from './kept-database.ts';
import { listenerTls } from './listener-tls.ts';
import { openLog } from './log.ts';
import type { SimulatedClusters } from './simulated-clusters.ts';
import { startTelemetry } from './telemetry.ts';

export interface UpOptions {
  readonly settings: Settings;
  /** Whom jobs run as when Capstan is root. */
  readonly jobsUser?: { readonly uid: number; readonly gid: number } | undefined;
  /** Simulated clusters, and whether processes run here as well; they do when there is no file. */
  readonly nodes?: NodesFile | undefined;
  /** What is being done, for people: only what takes its time. */
  readonly onProgress: (message: string) => void;
}

export interface Up {
  readonly address: string;
  readonly keyFile: string;
  readonly log: Logger;
  /** Takes over what may change while it runs. */
  readonly apply: Apply;
  /** Jobs that hold processes now; they go on when this ends. */
  running(): Promise<number>;
  /** Attempts on simulated nodes; they are lost when this ends. */
  simulated(): number;
  /** Called once when the database ended and could not be started again: nothing works without it. */
  onLost(callback: (why: string) => void): void;
  /** Ends the server and the database; attempts go on under their shims. */
  close(): Promise<void>;
}

const AGENT = 'local';

/** @throws DataDirHeld, DataHomeError, EmbeddedPostgresError: each says what to do. */
export async function startUp(options: UpOptions): Promise<Up> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await assemble(options, undo);
  } catch (error) {
    await inTurn(undo);
    throw error;
  }
}

async function assemble(options: UpOptions, undo: (() => Promise<unknown>)[]): Promise<Up> {
  const settings = await withClientSecret(options.settings);
  const tls = await listenerTls(settings);
  const home = await openDataHome({ dir: settings.data, jobsUser: options.jobsUser });
  undo.unshift(() => home.close());
  const log = openLog({ level: settings.logLevel, to: join(home.dir, 'capstan.log') });
  const telemetry = await startTelemetry(process.env);
  undo.unshift(() => telemetry.close());
  const loading = loadRest();
  // Awaited once the database can be stopped again; until then its failure is nobody's yet.
  loading.catch(() => undefined);
  await upgradeWhereOld(home, options.onProgress);
  const database = await keepDatabase(() => startDatabase(home, options.onProgress), log);
  undo.unshift(() => database.stop());
  const { startControlPlane, createProcessRunner, runLocalAgent } = await loading;
  const pepper = Buffer.from(await secretFile(join(home.dir, 'pepper.key'), newPepper));
  const plane = await startControlPlane({
    connection: database.config,
    passwords: () => passwordsOf(home.postgresDir),
    blobs: await createLocalBlobs({ dir: home.blobsDir }),
    pepper,
    auditDir: join(home.dir, 'audit'),
    host: settings.host,
    port: settings.port,
    settings,
    tls,
    replica: `${hostname()}/${process.pid}`,
    log,
  });
  undo.unshift(() => plane.close());
  await firstKey(home.keyFile, plane.store.keys, pepper);
  if (options.nodes?.local !== false) {
    const runner = createProcessRunner(await runnerOptions(home, settings, log));
    undo.unshift(() => runner.close());
    const over = new AbortController();
    const agent = runLocalAgent({ name: AGENT, runner, plane, log }, over.signal);
    undo.unshift(async () => {
      over.abort();
      await agent;
    });
  }
  const { startSimulatedClusters } = await import('./simulated-clusters.ts');
  const simulated = await startSimulatedClusters({ file: options.nodes, plane, log });
  undo.unshift(() => simulated.close());
  return handle({ home, plane, simulated, database, undo, log });
}

/** What an upgrade needs is loaded only for one. */
async function upgradeWhereOld(home: DataHome, say: (message: string) => void): Promise<void> {
  if (!(await needsUpgrade(home.postgresDir))) return;
  const { upgradeDatabase } = await import('./upgrade-database.ts');
  await upgradeDatabase(home, say);
}

/**
 * What serves requests and jobs: it takes as long to load as the database takes to start, so it is
 * loaded meanwhile (measured: 100 of 615 ms).
 */
async function loadRest() {
  const [plane, runner, agent] = await Promise.all([
    import('./control-plane.ts'),
    import('../adapters/process/runner.ts'),
    import('./local-agent.ts'),
  ]);
  return { ...plane, ...runner, ...agent };
}

function handle(parts: {
  home: DataHome;
  plane: ControlPlane;
  simulated: SimulatedClusters;
  database: KeptDatabase;
  undo: (() => Promise<unknown>)[];
  log: Logger;
}): Up {
  const { home, plane, simulated, database, undo, log } = parts;
  return {
    address: plane.address.url,
    keyFile: home.keyFile,
    log,
    apply: plane.apply,
    running: async () => (await plane.ports.jobs.heldBy(AGENT)).length,
    simulated: () => simulated.running(),
    onLost: (callback) => void database.lost.then(callback),
    close: () => inTurn(undo),
  };
}

async function runnerOptions(home: DataHome, settings: Settings, log: Logger): Promise<ProcessRunnerOptions> {
  const node = await reachableRuntime(home, home.users.jobs);
  return {
    root: home.jobsDir,
    nodeName: hostname(),
    runAs: home.users.jobs,
    nodeBinary: process.execPath,
    pathDirs: [dirname(node)],
    cgroup: settings.runner.cgroup,
    onCgroup: (found) =>
      found.kind === 'delegated'
        ? log.info({ path: found.path, version: found.version }, 'members of jobs get control groups')
        : log.info({ why: found.why }, 'memory of jobs is limited by looking at it'),
  };
}

async function inTurn(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of undo.splice(0)) await step();
}
