/**
 * Before `capstan up` starts the embedded database: one of an older major version of PostgreSQL is copied
 * into a new one, table by table as one snapshot saw it, compared, brought to this program's schema, and
 * its audit verified. The copy is a store of a new epoch: transaction ids begin anew in it, so that a
 * cursor of the old one would skip events (docs/adr/0014-upgrade-by-copy.md).
 */
import { join } from 'node:path';
import { openAuditKeys } from '../adapters/audit-keys/audit-keys.ts';
import { copyStore } from '../adapters/backup/copy-store.ts';
import { BackupError } from '../adapters/backup/errors.ts';
import type { AppliedMigration } from '../adapters/backup/format.ts';
import { openSnapshot, type Snapshot } from '../adapters/backup/snapshot.ts';
import type { DataHome } from '../adapters/data-home/open-data-home.ts';
import type { ConnectionConfig } from '../adapters/embedded-postgres/embedded-postgres.ts';
import { type UpgradeOptions, upgradeCluster } from '../adapters/embedded-postgres/upgrade.ts';
import { SILENT } from '../adapters/postgres/log.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../adapters/postgres/migrations/all.ts';
import { openStore } from '../adapters/postgres/open-store.ts';
import { Verification } from '../core/audit/verify.ts';
import { linesAsTheyAre } from '../operations/audit/lines.ts';
import type { AuditKeys } from '../ports/audit-keys.ts';
import { databaseOptions, type Say } from './embedded-database.ts';
import { every } from './progress.ts';
import { systemClock } from './system.ts';

/** @throws EmbeddedPostgresError, BackupError, UnfitDatabase; the database is as it was then */
export async function upgradeDatabase(
  home: DataHome,
  say: Say,
  more: Partial<UpgradeOptions> = {},
): Promise<void> {
  const keys = () => openAuditKeys(join(home.dir, 'audit'));
  await upgradeCluster({
    ...databaseOptions(home, say),
    copy: async (from, to) => copyInto(from, to, { say, keys: await keys() }),
    ...more,
  });
}

interface Around {
  readonly say: Say;
  readonly keys: AuditKeys;
}

async function copyInto(from: ConnectionConfig, to: ConnectionConfig, { say, keys }: Around): Promise<void> {
  const snapshot = await openSnapshot(from).catch((error: unknown) => {
    // Killed between initdb and the first migration: there is nothing to bring along.
    if (error instanceof BackupError && error.code === 'NothingThere') return undefined;
    throw error;
  });
  if (!snapshot) return;
  try {
    await copyTables(snapshot, to, say);
  } finally {
    await snapshot.close();
  }
  await checkAudit(to, { say, keys });
}

async function copyTables(snapshot: Snapshot, to: ConnectionConfig, say: Say): Promise<void> {
  const known = new Set(snapshot.migrations.map(({ number }) => number));
  checkKnown(snapshot.migrations);
  await migrate(to, { log: SILENT, migrations: MIGRATIONS.filter(({ number }) => known.has(number)) });
  const tell = every(2000, systemClock.now, say);
  const { rows, tables } = await copyStore({
    from: snapshot,
    to,
    onProgress: ({ copied, compared }) => tell(`${copied} rows are copied, ${compared} compared`),
  });
  say(`${rows} rows of ${tables} tables are copied and compared`);
}

function checkKnown(migrations: readonly AppliedMigration[]): void {
  const unknown = migrations.find(({ number }) => !MIGRATIONS.some((known) => known.number === number));
  if (!unknown) return;
  throw new BackupError('NewerSchema', {
    message: `the database was migrated by a newer Capstan (${unknown.name}), which this one does not know`,
    next: 'Start that release or a newer one.',
  });
}

/**
 * Brings the schema up to this program and verifies the chains. A finding does not end the upgrade: the
 * rows are those of the old database, so it was there before, and must not lock anybody in. Nothing is
 * sealed: a head that is noted outside would contradict the one of the next copy, if this one is killed.
 */
async function checkAudit(connection: ConnectionConfig, { say, keys }: Around): Promise<void> {
  const store = await openStore({ connection, clock: systemClock, chain: keys.name });
  try {
    await store.migrate();
    const { digest, signedBy } = keys;
    const verification = new Verification({ digest, signedBy, outsideHeads: await keys.noted() });
    const ports = { auditLog: store.auditLog, auditKeys: keys, clock: systemClock };
    for await (const line of linesAsTheyAre(ports)) verification.take(line);
    const { ok, records, findings } = verification.finish();
    say(
      ok
        ? `the audit verifies: ${records} records`
        : `the audit has ${findings.length} findings, in the old database as in the new: see \`capstan audit verify\``,
    );
  } finally {
    await store.close();
  }
}
