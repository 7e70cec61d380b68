/** All that operations and controllers need from outside, in one place. */
import type { AgentStore } from './agent-store.ts';
import type { AttemptFiles } from './attempt-files.ts';
import type { AuditKeys } from './audit-keys.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { BlobStore } from './blob-store.ts';
import type { Chance, Clock } from './clock.ts';
import type { EventStore } from './event-store.ts';
import type { JobStore } from './job-store.ts';
import type { KeyStore, Mint } from './key-store.ts';
import type { GrantStore, ProjectStore, QueueStore } from './queue-store.ts';
import type { BindingStore, RoleStore } from './role-store.ts';
import type { SchedulerStore } from './scheduler-store.ts';
import type { SessionStore } from './session-store.ts';
import type { Signals } from './signals.ts';
import type { TokenService } from './token-service.ts';
import type { TokenVerifier } from './token-verifier.ts';
import type { Courier, WebhookOutbox, WebhookStore } from './webhooks.ts';

export interface Ports {
  readonly jobs: JobStore;
  readonly events: EventStore;
  readonly projects: ProjectStore;
  readonly queues: QueueStore;
  readonly grants: GrantStore;
  readonly agents: AgentStore;
  readonly keys: KeyStore;
  readonly mint: Mint;
  readonly roles: RoleStore;
  readonly bindings: BindingStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenService;
  readonly issuers: TokenVerifier;
  readonly scheduler: SchedulerStore;
  readonly blobs: BlobStore;
  readonly files: AttemptFiles;
  readonly signals: Signals;
  readonly audit: AuditTrail;
  readonly auditLog: AuditLog;
  readonly auditKeys: AuditKeys;
  readonly webhooks: WebhookStore;
  readonly outbox: WebhookOutbox;
  readonly courier: Courier;
  readonly clock: Clock;
  readonly chance: Chance;
}
