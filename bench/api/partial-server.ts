/**
 * The HTTP surface of a server with a part of it taken away, for the cost of that part. A program of
 * its own, so that it is measured as the whole one is: `node partial-server.ts PART DATA_DIR`.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCalendar } from '../../src/adapters/cron/calendar.ts';
import { openStore, type Store } from '../../src/adapters/postgres/open-store.ts';
import { createCourier } from '../../src/adapters/webhooks/courier.ts';
import { openDesk } from '../../src/main/desk.ts';
import { firstKey } from '../../src/main/first-key.ts';
import { type Authenticate, authenticator } from '../../src/main/identity.ts';
import { openIdentity } from '../../src/main/identity-plane.ts';
import { openLog } from '../../src/main/log.ts';
import { systemChance, systemClock } from '../../src/main/system.ts';
import { OPERATIONS } from '../../src/operations/catalogue.ts';
import type { Ports } from '../../src/ports/index.ts';
import { NO_AUDIT_KEYS } from '../../src/ports/testing/no-audit.ts';
import { NO_PLANNER } from '../../src/ports/testing/no-planner.ts';
import { createHttpServer, type HttpServer } from '../../src/serve/http/server.ts';
import { rememberingKeys, rememberingPorts } from './remembering-store.ts';

/** Of a key that lives as long as this process. */
const PEPPER = Buffer.alloc(32, 7);

const [part, dir = ''] = process.argv.slice(2);
const over = new AbortController();
await serve(process.env.CAPSTAN_DATABASE_URL ?? '');

async function serve(connection: string): Promise<void> {
  mkdirSync(dir);
  const log = openLog({ level: 'info', to: join(dir, 'server.log') });
  const store = await openStore({ connection, clock: systemClock, log });
  const keyFile = join(dir, 'key');
  await firstKey(keyFile, store.keys, PEPPER);
  const http = await createHttpServer({
    operations: OPERATIONS,
    ports: portsOf(store),
    authenticate: await authenticate(store, readFileSync(keyFile, 'utf8').trim()),
    health: async () => ({ ready: true, checks: {} }),
    log,
  });
  const { url } = await http.listen({ host: '127.0.0.1', port: 0 });
  process.once('SIGTERM', () => void end(http, store));
  console.log(JSON.stringify({ address: url, pid: process.pid, keyFile }));
}

function portsOf(store: Store): Ports {
  const unused = () => Promise.reject(new Error('the bench reads no files'));
  const files = { read: unused };
  const blobs = { put: unused, stat: unused, read: unused, removeAll: unused };
  const until = over.signal;
  const ports: Ports = {
    ...store,
    ...openDesk({ store, leaseMs: 15_000, replica: 'bench', onTrouble: console.error }, until),
    auditKeys: NO_AUDIT_KEYS,
    ...openIdentity({ store, pepper: PEPPER, until }).ports,
    courier: createCourier({ pepper: PEPPER }),
    calendar: createCalendar(),
    listener: { certificateEnds: () => undefined },
    clock: systemClock,
    chance: systemChance,
    files,
    blobs,
    planner: NO_PLANNER,
  };
  return part === 'store' ? rememberingPorts(ports) : ports;
}

async function authenticate({ keys }: Store, key: string): Promise<Authenticate> {
  const asked = authenticator(part === 'store' ? rememberingKeys(keys) : keys, PEPPER, systemClock.now);
  if (part !== 'authentication') return asked;
  const principal = await asked(key);
  return async () => principal;
}

async function end(http: HttpServer, store: Store): Promise<void> {
  over.abort();
  await http.close({ graceMs: 1000 });
  await store.close();
}
