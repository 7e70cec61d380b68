/**
 * One replica of the control plane on one database: the store, the HTTP surface, the controllers, and
 * the agents that connect to it. `capstan up` adds an agent of its own; `capstan server` does not.
 */
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { Connection } from '../adapters/postgres/connection.ts';
import { openStore, type Store } from '../adapters/postgres/open-store.ts';
import { Refused } from '../core/errors/refused.ts';
import { OPERATIONS } from '../operations/catalogue.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Ports } from '../ports/index.ts';
import { AgentSessions } from '../serve/agent-link/sessions.ts';
import { type Address, createHttpServer, type HttpServer } from '../serve/http/server.ts';
import { makeDefaults } from './bootstrap.ts';
import { runControllers } from './controllers.ts';
import { authenticator } from './identity.ts';
import { startPlanner } from './planner.ts';
import { systemChance, systemClock } from './system.ts';

export interface ControlPlaneOptions {
  readonly connection: Connection;
  readonly blobs: BlobStore;
  /** For the HMAC of API keys. */
  readonly pepper: Uint8Array;
  readonly host: string;
  readonly port: number;
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
  /** Finishes what has begun, gives the lease back, closes the store. */
  close(): Promise<void>;
}

/** For answers under way when the server is asked to stop, milliseconds. */
const GRACE = 5000;

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { log } = options;
  const store = await openStore({
    connection: options.connection,
    log,
    clock: systemClock,
    allowUnsafe: options.allowUnsafe ?? false,
  });
  try {
    await store.migrate();
    await makeDefaults(store, systemClock.now());
    return await serve(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function serve(store: Store, options: ControlPlaneOptions): Promise<ControlPlane> {
  const { log } = options;
  const agents = new AgentSessions((what, error) =>
    log.warn({ err: error, what }, 'an agent could not be served'),
  );
  const ports: Ports = {
    ...store,
    blobs: options.blobs,
    files: agents,
    clock: systemClock,
    chance: systemChance,
  };
  const http = await createHttpServer({
    operations: OPERATIONS,
    ports,
    authenticate: authenticator(store.keys, options.pepper, systemClock.now),
    health: () => healthOf(store),
    log,
    metrics: new Registry(),
  });
  const planner = startPlanner();
  const over = new AbortController();
  const retain = () => keepTidy(store);
  const controllers = runControllers(
    { ports, holder: options.replica, planner, connectedAgents: () => agents.connected(), retain, log },
    over.signal,
  );
  const address = await http
    .listen({ host: options.host, port: options.port })
    .catch(async (error: unknown) => {
      over.abort();
      await Promise.all([controllers, planner.close()]);
      throw error;
    });
  const close = closer({ http, agents, controllers, over, planner, store });
  return { address, ports, store, agents, close };
}

interface Parts {
  readonly http: HttpServer;
  readonly agents: AgentSessions;
  readonly controllers: Promise<void>;
  readonly over: AbortController;
  readonly planner: { close(): Promise<void> };
  readonly store: Store;
}

function closer({ http, agents, controllers, over, planner, store }: Parts): () => Promise<void> {
  return async () => {
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

/** Events and ended jobs older than this are dropped, partition by partition, milliseconds. */
const KEEP = 90 * 86_400_000;

async function keepTidy(store: Store): Promise<void> {
  const now = systemClock.now();
  await store.ensurePartitions(now);
  await store.dropPartitions('event', now - KEEP);
  await store.dropPartitions('job_history', now - KEEP);
  await store.pruneKeys(now);
}
