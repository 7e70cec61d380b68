/** A store with its audit as a server has it: keys in files, a sealer, operations through the gate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditKeys } from '../../src/adapters/audit-keys/audit-keys.ts';
import type { Store } from '../../src/adapters/postgres/open-store.ts';
import { openSession, type Session } from '../../src/adapters/postgres/testing/session.ts';
import { type TestDatabase, testDatabase } from '../../src/adapters/postgres/testing/with-store.ts';
import { Sealer } from '../../src/controllers/seal.ts';
import { grantOf } from '../../src/core/access/grants.ts';
import type { Principal } from '../../src/core/access/principal.ts';
import { makeDefaults } from '../../src/main/bootstrap.ts';
import { systemChance, systemClock } from '../../src/main/system.ts';
import { OPERATIONS } from '../../src/operations/catalogue.ts';
import type { UnaryOperation } from '../../src/operations/define.ts';
import { invoke } from '../../src/operations/invoke.ts';
import type { AuditKeys } from '../../src/ports/audit-keys.ts';
import type { Ports } from '../../src/ports/index.ts';

export const ADA: Principal = { id: 'key/ada', kind: 'key', grants: [grantOf('admin')] };

export interface Replica {
  readonly store: Store;
  readonly ports: Ports;
  readonly sealer: Sealer;
  readonly keys: AuditKeys;
  /** The answer of an operation, as ada's unless said otherwise. */
  do(name: keyof typeof OPERATIONS, input: object, by?: Principal): Promise<Record<string, unknown>>;
}

export class AuditedStore implements AsyncDisposable {
  readonly sql: Session;
  readonly #database: TestDatabase;
  readonly #dir: string;

  private constructor(database: TestDatabase, sql: Session, dir: string) {
    this.#database = database;
    this.sql = sql;
    this.#dir = dir;
  }

  static async open(): Promise<AuditedStore> {
    const database = await testDatabase();
    const dir = mkdtempSync(join(tmpdir(), 'capstan-audit-'));
    return new AuditedStore(database, await openSession(database.connection), dir);
  }

  /** A server on the database; all of one test share a signing key. */
  async replica(chain = 'here'): Promise<Replica> {
    const store = await this.#database.open({ chain });
    const keys = await openAuditKeys(join(this.#dir, 'audit'));
    const ports = { ...store, auditKeys: keys, clock: systemClock, chance: systemChance } as unknown as Ports;
    await makeDefaults(store, systemClock.now());
    return {
      store,
      ports,
      keys,
      sealer: new Sealer(ports),
      do: async (name, input, by = ADA) =>
        invoke(OPERATIONS[name] as unknown as UnaryOperation, {
          input,
          principal: by,
          ports,
          signal: new AbortController().signal,
          origin: { requestId: 'r1', address: '192.0.2.7' },
        }) as Promise<Record<string, unknown>>,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sql[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

export function aJobOf(name: string, env: Record<string, string> = {}) {
  const resources = { cpu: '10m', memory: '1Mi' };
  return { project: 'default', name, spec: { type: 'batch', command: ['true'], env, resources } };
}
