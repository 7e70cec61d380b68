/** Opens the store: every port that PostgreSQL implements, over one pool and one listening connection. */
import type { AgentStore } from '../../ports/agent-store.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { AuditTrail } from '../../ports/audit-trail.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/event-store.ts';
import type { Examiner } from '../../ports/examiner.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import type { FlavorStore, GrantStore, ProjectStore, QueueStore } from '../../ports/queue-store.ts';
import type { BindingStore, RoleStore } from '../../ports/role-store.ts';
import type { ScheduleStore } from '../../ports/schedule-store.ts';
import type { BoardStore, DecisionStore, SchedulerStore } from '../../ports/scheduler-store.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import type { Signals } from '../../ports/signals.ts';
import type { GateStore, SliceStore, TaskStore } from '../../ports/task-store.ts';
import type { SigningKeyStore } from '../../ports/token-keys.ts';
import type { WebhookOutbox, WebhookStore } from '../../ports/webhooks.ts';
import type { WorkerStore } from '../../ports/worker-store.ts';
import { PostgresAgents } from './agents/agent-store.ts';
import { AuditContext } from './audit/audit-context.ts';
import { PostgresAuditLog } from './audit/audit-log.ts';
import { PostgresAuditTrail } from './audit/audit-trail.ts';
import type { Connection } from './connection.ts';
import { Database, type Queryable } from './database.ts';
import { PostgresEvents } from './events/event-store.ts';
import { PostgresFlavors } from './flavors/flavor-store.ts';
import { PostgresGrants } from './grants/grant-store.ts';
import { PostgresJobs } from './jobs/job-store.ts';
import { pruneKeys } from './jobs/prune-keys.ts';
import { PostgresKeys } from './keys/key-store.ts';
import { PostgresSigningKeys } from './keys/signing-keys.ts';
import { Listener } from './listener.ts';
import { type Log, SILENT } from './log.ts';
import { PostgresExaminer } from './meta/examination.ts';
import { checkFitness } from './meta/fitness.ts';
import { hasSchema, renewEpoch } from './meta/renew-epoch.ts';
import { migrate } from './migrate.ts';
import { dropPartitions, ensurePartitions, type PartitionedTable } from './partitions/partitions.ts';
import { PostgresProjects } from './projects/project-store.ts';
import { PostgresQueues } from './queues/queue-store.ts';
import { PostgresBindings, PostgresRoles } from './roles/role-store.ts';
import { passwordOf, type ReadPasswords, Rotation } from './rotation.ts';
import { PostgresSchedules } from './schedules/schedule-store.ts';
import { PostgresBoard } from './scheduling/board-store.ts';
import { PostgresDecisions } from './scheduling/decisions.ts';
import { PostgresScheduling } from './scheduling/scheduler-store.ts';
import { PostgresSessions } from './sessions/session-store.ts';
import { PostgresSignals } from './signals.ts';
import { PostgresGates, PostgresSlices } from './tasks/gate-store.ts';
import { dropTaskLogs } from './tasks/notes.ts';
import { PostgresTasks } from './tasks/task-dispatch.ts';
import { TaskNews } from './tasks/task-news.ts';
import type { Hints } from './tasks/task-submitter.ts';
import { asRefusal } from './unavailable.ts';
import { PostgresWebhookOutbox } from './webhooks/webhook-outbox.ts';
import { PostgresWebhooks } from './webhooks/webhook-store.ts';
import { PostgresWorkers } from './workers/worker-store.ts';

export interface StoreOptions {
  readonly connection: Connection;
  /** Where the password may change while the store is open: what it may be now. */
  readonly passwords?: ReadPasswords | undefined;
  /** Connections at most, beside the one that listens. */
  readonly poolSize?: number | undefined;
  readonly log?: Log | undefined;
  readonly clock: Clock;
  /** The audit chain of this replica; stays the same when it is started again. */
  readonly chain?: string | undefined;
  /** Use a database that may lose what it acknowledged. */
  readonly allowUnsafe?: boolean | undefined;
}

export interface Store {
  readonly jobs: JobStore;
  readonly tasks: TaskStore;
  readonly gates: GateStore;
  readonly slices: SliceStore;
  readonly workers: WorkerStore;
  readonly events: EventStore;
  readonly projects: ProjectStore;
  readonly queues: QueueStore;
  readonly flavors: FlavorStore;
  readonly board: BoardStore;
  readonly decisions: DecisionStore;
  readonly grants: GrantStore;
  readonly agents: AgentStore;
  readonly scheduler: SchedulerStore;
  readonly keys: KeyStore;
  readonly roles: RoleStore;
  readonly bindings: BindingStore;
  readonly sessions: SessionStore;
  readonly signingKeys: SigningKeyStore;
  readonly examiner: Examiner;
  readonly schedules: ScheduleStore;
  readonly webhooks: WebhookStore;
  readonly outbox: WebhookOutbox;
  readonly signals: Signals;
  readonly audit: AuditTrail;
  readonly auditLog: AuditLog;
  /** Brings the schema up to this program and makes the partitions of today. To be called once, before use. */
  migrate(): Promise<void>;
  /** Makes the partitions that the next weeks need; to be called daily. */
  ensurePartitions(now: number): Promise<void>;
  /** Drops what lies wholly before a time (epoch milliseconds). Cursors of dropped events expire. */
  dropPartitions(table: PartitionedTable, before: number): Promise<void>;
  /** Forgets what tasks logged before a time (epoch milliseconds). */
  dropTaskLogs(before: number): Promise<void>;
  /** Forgets idempotency keys older than a day; how many. */
  pruneKeys(now: number): Promise<number>;
  /** Throws Refused `store.unavailable` when the database does not answer. */
  health(): Promise<void>;
  close(): Promise<void>;
}

const POOL_SIZE = 10;

/**
 * For the statements through which every task passes: planned once a connection, for any number of rows and by
 * index, whatever the tables held when that was (planning them is 3 ms; a plan that was made for an empty table
 * reads all of a full one).
 */
const HOT_SETTINGS = 'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off';
const HOT_POOL_SIZE = 4;

/** @throws UnfitDatabase; Refused `store.unavailable`. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { connection, clock, poolSize = POOL_SIZE, log = SILENT, chain = 'local' } = options;
  const audit = new AuditContext(chain, clock);
  const rotation = rotationOf(options, log);
  const db = new Database(connection, { poolSize, log, rotation, audit });
  const hot = new Database(connection, {
    poolSize: HOT_POOL_SIZE,
    log,
    rotation,
    audit,
    settings: HOT_SETTINGS,
  });
  const signals = new PostgresSignals(log, chain);
  const connected = async (on: Queryable) => {
    await checkFitness(on, options.allowUnsafe ?? false);
    if (await on.one(hasSchema, undefined)) await on.run(renewEpoch, undefined);
  };
  const heard = (channel: string, payload: string) => signals.hear(channel, payload);
  const listener = new Listener(connection, { connected, heard, resumed: () => signals.tellAll() }, log);
  rotation?.follow((renewed) => void listener.replace(renewed));
  try {
    await listener.open();
  } catch (error) {
    rotation?.close();
    await Promise.all([listener.close(), db.close(), hot.close()]);
    throw asRefusal(error);
  }
  const hints = hintsOf(chain, signals, db);
  return {
    ...portsOver({ db, hot }, clock, hints),
    signals,
    migrate: async () => {
      await migrate(connection, { log });
      await db.run(renewEpoch, undefined);
      await ensurePartitions(db, clock.now());
    },
    ensurePartitions: (now) => ensurePartitions(db, now),
    dropPartitions: (table, before) => dropPartitions(db, table, before),
    dropTaskLogs: async (before) => void (await db.run(dropTaskLogs, before)),
    pruneKeys: async (now) => (await db.one(pruneKeys, now)) ?? 0,
    health: () => db.execute('SELECT 1'),
    close: async () => {
      rotation?.close();
      hints.news.close();
      await Promise.all([listener.close(), db.close(), hot.close()]);
    },
  };
}

function rotationOf({ connection, passwords: read }: StoreOptions, log: Log): Rotation | undefined {
  return read && new Rotation({ connection, password: passwordOf(connection) ?? '', read, log });
}

/** The payload of a signal is short; of more queues than that it says: all. */
const QUEUES_PER_SIGNAL = 100;

function hintsOf(replica: string, signals: PostgresSignals, db: Database): Hints {
  const text = (queues: Iterable<string>) => {
    const named = [...queues];
    return [replica, ...(named.length > QUEUES_PER_SIGNAL ? [''] : named)].join('\n');
  };
  return { text, tell: (queues) => signals.tellTasks(queues), news: new TaskNews(db, text) };
}

interface Databases {
  readonly db: Database;
  readonly hot: Database;
}

function portsOver({ db, hot }: Databases, clock: Clock, hints: Hints) {
  const jobs = new PostgresJobs({ db, hot }, hints);
  return {
    jobs,
    schedules: new PostgresSchedules(db, jobs),
    tasks: new PostgresTasks({ db, hot }, hints),
    gates: new PostgresGates(db, hints),
    slices: new PostgresSlices(db),
    workers: new PostgresWorkers(db),
    events: new PostgresEvents(db),
    projects: new PostgresProjects(db),
    queues: new PostgresQueues(db),
    flavors: new PostgresFlavors(db),
    board: new PostgresBoard(db),
    decisions: new PostgresDecisions(db),
    grants: new PostgresGrants(db),
    agents: new PostgresAgents(db),
    scheduler: new PostgresScheduling(db, clock),
    keys: new PostgresKeys(db),
    roles: new PostgresRoles(db),
    bindings: new PostgresBindings(db),
    audit: new PostgresAuditTrail(db, db.audit),
    auditLog: new PostgresAuditLog(db),
    sessions: new PostgresSessions(db),
    webhooks: new PostgresWebhooks(db),
    outbox: new PostgresWebhookOutbox(db),
    signingKeys: new PostgresSigningKeys(db),
    examiner: new PostgresExaminer(db, clock),
  };
}
