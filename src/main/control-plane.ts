/**
 * One replica of the control plane on one database: the store, the HTTP surface, the controllers, and
 * the agents that connect to it. `capstan up` adds an agent of its own; `capstan server` does not.
 */
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { openAuditKeys } from '../adapters/audit-keys/audit-keys.ts';
import { createCalendar } from '../adapters/cron/calendar.ts';
import type { Connection } from '../adapters/postgres/connection.ts';
import { openStore, type Store } from '../adapters/postgres/open-store.ts';
import type { ReadPasswords } from '../adapters/postgres/rotation.ts';
import { createCourier } from '../adapters/webhooks/courier.ts';
import { dropOld } from '../controllers/seal.ts';
import { Refused } from '../core/errors/refused.ts';
import { OPERATIONS } from '../operations/catalogue.ts';
import type { AuditKeys } from '../ports/audit-keys.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Ports } from '../ports/index.ts';
import type { SharedBuckets } from '../ports/shared-buckets.ts';
import { AgentSessions } from '../serve/agent-link/sessions.ts';
import type { HttpOptions } from '../serve/http/options.ts';
import { type Address, createHttpServer, type HttpServer } from '../serve/http/server.ts';
import { WorkerLink } from '../serve/worker-link/worker-link.ts';
import { makeDefaults } from './bootstrap.ts';
import type { Apply } from './config/live.ts';
import type { Settings } from './config/schema.ts';
import { runControllers } from './controllers.ts';
import { openDesk } from './desk.ts';
import { openIdentity } from './identity-plane.ts';
import type { ListenerTls } from './listener-tls.ts';
import { startPlanner } from './planner.ts';
import { rememberStores } from './remembered-stores.ts';
import { systemChance, systemClock } from './system.ts';

export interface ControlPlaneOptions {
  readonly connection: Connection;
  /** Where its password may change: what it may be now. */
  readonly passwords?: ReadPasswords | undefined;
  readonly blobs: BlobStore;
  /** For the HMAC of API keys. */
  readonly pepper: Uint8Array;
  /** The audit's signing key and the heads signed with it. */
  readonly auditDir: string;
  readonly host: string;
  readonly port: number;
  /** Absent: their defaults. */
  readonly settings?: Settings | undefined;
  /** Absent: plain HTTP. */
  readonly tls?: ListenerTls | undefined;
  /** Where replicas share their rate limits. */
  readonly sharedLimits?: SharedBuckets | undefined;
  /** Where to register; a registry of its own when absent. */
  readonly metrics?: Registry | undefined;
  /** This replica, for the scheduling lease. */
  readonly replica: string;
  readonly log: Logger;
  readonly allowUnsafe?: boolean;
}

export interface ControlPlane {
  readonly address: Address;
  readonly ports: Ports;
  readonly store: Store;
  readonly agents: AgentSessions;
  /** Takes over what may change while it runs: log level, limits, the TLS files' content. */
  readonly apply: Apply;
  /** Finishes what has begun, gives the lease back, closes the store. */
  close(): Promise<void>;
}

/** Where there are no settings, milliseconds. */
const WORKER_LEASE = 15_000;

/** For answers under way when the server is asked to stop, milliseconds. */
const GRACE = 5000;

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { log } = options;
  const auditKeys = await openAuditKeys(options.auditDir);
  const store = await openStore({
    connection: options.connection,
    passwords: options.passwords,
    log,
    clock: systemClock,
    chain: auditKeys.name,
    poolSize: options.settings?.databasePoolSize,
    allowUnsafe: options.allowUnsafe ?? false,
  });
  try {
    await store.migrate();
    await makeDefaults(store, systemClock.now());
    return await serve(store, auditKeys, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function serve(
  store: Store,
  auditKeys: AuditKeys,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const { log } = options;
  const agents = new AgentSessions((what, error) =>
    log.warn({ err: error, what }, 'an agent could not be served'),
  );
  const over = new AbortController();
  const { pepper, settings } = options;
  const identity = openIdentity({ store, pepper, settings, until: over.signal });
  const onTrouble = (what: string, error: unknown) =>
    log.warn({ err: error, what }, 'tasks could not be handed out; it will be tried again');
  let { certificate } = options.tls ?? {};
  const planner = startPlanner();
  const ports: Ports = {
    ...store,
    ...openDesk({ store, replica: auditKeys.name, leaseMs: leaseOf(options), onTrouble }, over.signal),
    ...rememberStores(store, () => performance.now()),
    ...identity.ports,
    blobs: options.blobs,
    listener: { certificateEnds: () => certificate?.notAfter },
    ...worldOf(options),
    files: agents,
    auditKeys,
    planner,
  };
  const http = await createHttpServer({
    operations: OPERATIONS,
    ports,
    authenticate: identity.authenticate,
    authenticateBrowser: identity.authenticateBrowser,
    health: () => healthOf(store),
    log,
    metrics: options.metrics ?? new Registry(),
    sharedLimits: options.sharedLimits,
    options: httpOptions(options),
  });
  const workers = serveWorkers({ ports, identity, http, replica: auditKeys.name, onTrouble }, options);
  const retain = () => keepTidy(ports, store, options.settings?.retention);
  const controllers = runControllers(
    {
      ports,
      holder: options.replica,
      planner,
      connectedAgents: () => agents.connected(),
      retain,
      log,
      workerLeaseMs: leaseOf(options),
    },
    over.signal,
  );
  const address = await http
    .listen({ host: options.host, port: options.port })
    .catch(async (error: unknown) => {
      over.abort();
      await Promise.all([controllers, planner.close()]);
      throw error;
    });
  const followed = options.tls?.follow((found) => {
    certificate = found;
    http.useCertificate(found);
  }, log);
  const apply: Apply = async ({ logLevel, limits }) => {
    log.level = logLevel;
    http.limit(limits);
    await followed?.look();
  };
  const close = closer({ http, workers, agents, controllers, over, planner, store, followed });
  return { address, ports, store, agents, apply, close };
}

/** What is outside, and is neither stored nor configured elsewhere. */
function worldOf({ pepper, settings }: ControlPlaneOptions) {
  return {
    courier: createCourier({ pepper, ...settings?.webhooks }),
    calendar: createCalendar(),
    clock: systemClock,
    chance: systemChance,
  };
}

interface WorkerParts {
  readonly ports: Ports;
  readonly identity: Pick<ReturnType<typeof openIdentity>, 'authenticate'>;
  readonly http: HttpServer;
  readonly replica: string;
  readonly onTrouble: (what: string, error: unknown) => void;
}

function serveWorkers(
  { ports, identity, http, replica, onTrouble }: WorkerParts,
  options: ControlPlaneOptions,
) {
  const lease = leaseOf(options);
  const timing = { leaseMs: lease, heartbeatMs: lease / 5 };
  const { authenticate } = identity;
  const workers = new WorkerLink({ ports, authenticate, replica, timing, onTrouble });
  workers.listen(http.node);
  return workers;
}

function leaseOf({ settings }: ControlPlaneOptions): number {
  return settings?.workers.lease ?? WORKER_LEASE;
}

function httpOptions({ settings, tls }: ControlPlaneOptions): Partial<HttpOptions> {
  const limits = settings && { limits: settings.limits, behindProxy: settings.behindTlsProxy };
  return { ...limits, ...(tls ? { tls: tls.certificate } : {}) };
}

interface Parts {
  readonly http: HttpServer;
  readonly workers: WorkerLink;
  readonly agents: AgentSessions;
  readonly controllers: Promise<void>;
  readonly over: AbortController;
  readonly planner: { close(): Promise<void> };
  readonly store: Store;
  readonly followed: { close(): void } | undefined;
}

function closer({
  http,
  workers,
  agents,
  controllers,
  over,
  planner,
  store,
  followed,
}: Parts): () => Promise<void> {
  return async () => {
    followed?.close();
    workers.close();
    await http.close({ graceMs: GRACE });
    agents.close();
    over.abort();
    await controllers;
    await planner.close();
    await store.close();
  };
}

async function healthOf(store: Store) {
  const database = await store.health().then(
    () => 'ok',
    (error: unknown) => (error instanceof Refused ? error.message : 'failed'),
  );
  return { ready: database === 'ok', checks: { database } };
}

const DAY = 86_400_000;
const KEEP = { jobs: 90 * DAY, events: 90 * DAY, audit: 400 * DAY };

/** Events and ended jobs older than what is kept (milliseconds) are dropped, partition by partition. */
/** Ended sign-ins are forgotten after this, milliseconds; the audit still has them. */
const SESSIONS_KEPT = 30 * 86_400_000;

/** Decisions of the scheduler can be made again for this long, milliseconds. */
const DECISIONS_KEPT = 7 * 86_400_000;

async function keepTidy(ports: Ports, store: Store, keep = KEEP): Promise<void> {
  const now = systemClock.now();
  await store.ensurePartitions(now);
  await store.dropPartitions('event', now - keep.events);
  await store.dropPartitions('event_block', now - keep.events);
  await store.dropPartitions('job_history', now - keep.jobs);
  await store.dropPartitions('task_history', now - keep.jobs);
  await store.dropTaskLogs(now - keep.jobs);
  await store.pruneKeys(now);
  await store.sessions.prune(now - SESSIONS_KEPT);
  await store.decisions.prune(now - DECISIONS_KEPT);
  await dropOld(ports, now - keep.audit);
}
