/** The server as it is, with its own database, reached over HTTP: all but jobs that run. */

import { afterAll, beforeAll } from 'vitest';
import { createCalendar } from '../../src/adapters/cron/calendar.ts';
import { withStore } from '../../src/adapters/postgres/testing/with-store.ts';
import { createCourier } from '../../src/adapters/webhooks/courier.ts';
import { makeDefaults } from '../../src/main/bootstrap.ts';
import { openDesk } from '../../src/main/desk.ts';
import { makeKey } from '../../src/main/identity.ts';
import {
  type IdentityPlane,
  type IdentityPlaneOptions,
  openIdentity,
} from '../../src/main/identity-plane.ts';
import { systemChance, systemClock } from '../../src/main/system.ts';
import { OPERATIONS } from '../../src/operations/catalogue.ts';
import type { Ports } from '../../src/ports/index.ts';
import { NO_AUDIT_KEYS } from '../../src/ports/testing/no-audit.ts';
import { NO_PLANNER } from '../../src/ports/testing/no-planner.ts';
import { createHttpServer, type HttpServer } from '../../src/serve/http/server.ts';

export const PEPPER = Buffer.alloc(32, 7);

export interface Asking {
  readonly as?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

export interface House {
  readonly address: string;
  readonly http: HttpServer;
  readonly ports: Ports;
  readonly store: Store;
  readonly identity: IdentityPlane;
  /** The installation's own key. */
  readonly admin: string;
  /** @param path below /api/v1 */
  ask<T = Record<string, unknown>>(method: string, path: string, asking?: Asking): Promise<Answer<T>>;
  /** A key with roles, made by the administrator. */
  key(name: string, roles: readonly string[], scope?: object): Promise<string>;
  /** Another replica on the same database. */
  replica(): Promise<House>;
  close(): Promise<void>;
}

export interface Site {
  /** A proxy in front says who asks. */
  readonly behindProxy?: boolean;
  /** Epoch milliseconds, for the records of the audit. */
  readonly now?: () => number;
}

/**
 * Registers hooks: what it returns may be used in tests. @param settings asked for before the house is opened
 * @param site where it stands
 */
export function withHouse(
  settings: () => IdentityPlaneOptions['settings'] | Promise<IdentityPlaneOptions['settings']> = () =>
    undefined,
  site: Site = {},
): () => House {
  const db = withStore();
  let house: House | undefined;
  beforeAll(async () => {
    house = await openHouse({ store: db.store, more: () => db.open(), settings: await settings(), site });
  });
  afterAll(async () => house?.close());
  return () => {
    if (!house) throw new Error('the house is there from the first beforeAll on');
    return house;
  };
}

type Store = ReturnType<typeof withStore>['store'];

interface Opening {
  readonly store: Store;
  /** Another one on the same database. */
  readonly more: () => Promise<Store>;
  readonly settings: IdentityPlaneOptions['settings'];
  readonly site: Site;
  readonly admin?: string;
}

async function openHouse({ store, more, settings, site, admin }: Opening): Promise<House> {
  const over = new AbortController();
  const identity = openIdentity({ store, pepper: PEPPER, settings, until: over.signal });
  const ports: Ports = {
    ...store,
    ...identity.ports,
    ...openDesk({ store, leaseMs: 15_000, replica: 'house', onTrouble: () => undefined }, over.signal),
    blobs: fewBlobs(),
    planner: NO_PLANNER,
    files: { read: async () => undefined },
    listener: { certificateEnds: () => undefined },
    clock: { now: site.now ?? systemClock.now },
    chance: systemChance,
    auditKeys: NO_AUDIT_KEYS,
    courier: createCourier({ pepper: PEPPER }),
    calendar: createCalendar(),
  };
  await makeDefaults(store, systemClock.now());
  const http = await createHttpServer({
    operations: OPERATIONS,
    ports,
    authenticate: identity.authenticate,
    authenticateBrowser: identity.authenticateBrowser,
    health: async () => ({ ready: true, checks: {} }),
    options: { behindProxy: site.behindProxy ?? false },
  });
  const { url } = await http.listen({ host: '127.0.0.1', port: 0 });
  const replicas: House[] = [];
  const house: House = {
    address: url,
    http,
    ports,
    store,
    identity,
    admin: admin ?? (await adminKey(store)),
    ask: (method, path, asking = {}) => ask(`${url}/api/v1${path}`, method, { as: house.admin, ...asking }),
    key: async (name, roles, scope = {}) => {
      const answer = await house.ask<{ key: string }>('POST', '/keys', { body: { name, roles, ...scope } });
      if (answer.status !== 200) throw new Error(`no key: ${JSON.stringify(answer.body)}`);
      return answer.body.key;
    },
    replica: async () => {
      const other = await openHouse({ store: await more(), more, settings, site, admin: house.admin });
      replicas.push(other);
      return other;
    },
    close: async () => {
      await Promise.all(replicas.map((other) => other.close()));
      await http.close({ graceMs: 0 });
      over.abort();
    },
  };
  return house;
}

async function adminKey({ keys }: Store): Promise<string> {
  const now = systemClock.now();
  const { key, record } = makeKey(
    { id: systemChance.uid(now), name: 'admin', roles: ['admin'], now },
    PEPPER,
  );
  await keys.put(record);
  return key;
}

async function ask<T>(url: string, method: string, { as, body, headers }: Asking): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(as === undefined || as === '' ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : parsed(text)) as T };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

/** The few bytes that a test of the surface keeps. */
function fewBlobs(): Ports['blobs'] {
  const kept = new Map<string, Buffer>();
  return {
    async put(key, content) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      kept.set(key, bytes);
      return { bytes: bytes.length };
    },
    stat: async (key) => (kept.has(key) ? { bytes: kept.get(key)?.length ?? 0 } : undefined),
    read: async (key, { offset, limit }) => kept.get(key)?.subarray(offset, offset + limit),
    async removeAll(prefix) {
      for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    },
  };
}

/** The longest that a revocation may go unnoticed, milliseconds. */
export const NOTICED_WITHIN = 2000;

/** Resolves when it holds; throws when it does not within the time. Returns how long it took. */
export async function within(ms: number, what: string, holds: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > ms) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - began;
}
