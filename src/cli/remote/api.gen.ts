// Made from the operations by `npm run generate`; checked for drift. Do not edit.

import type { z } from 'zod';
import type { AuditFindings, AuditHeadList, AuditLine, AuditList, AuditVerdict, ExportAudit, FindInAudit, ListAudit } from '../../contract/audit.ts';
import type { BindingList, BindingView, CanI, CanIView, CreateKey, KeyList, KeyRef, KeyView, ListKeys, MatrixView, NewKeyView, PutBinding, PutRole, RoleList, RoleView, RotateKey, WhoAmI } from '../../contract/identity.ts';
import type { BatchAnswer, RedriveAnswer, RedriveJobs, SubmitBatch, WaitAnswer, WaitJobs } from '../../contract/job-batch.ts';
import type { Deleted, JobAddress, JobList, JobView, ListJobs, StopJob, SubmitJob, Submitted, UpdateJob } from '../../contract/job.ts';
import type { FlavorList, FlavorView, GrantAddress, Named, Page, ProjectList, ProjectView, PutFlavor, PutProject, PutQueue, PutQueueGrant, QueueGrantList, QueueGrantView, QueueList, QueueView } from '../../contract/queue.ts';
import type { ListSchedules, PutSchedule, ScheduleAddress, ScheduleList, ScheduleView, TriggerSchedule, Triggered } from '../../contract/schedule.ts';
import type { DecisionList, DecisionsInput, WhatIfInput, WhatIfView, WhyInput, WhyView } from '../../contract/scheduling.ts';
import type { BeginConsole, BeginSignIn, BegunView, CompleteConsole, CompleteSignIn, ConsoleBegunView, ConsoleSessionView, Ended, ExchangeIdToken, ExchangeWorkloadToken, ListSessions, RefreshSession, RotatedView, SessionList, SessionRef, SignInSettings, SignedInView, TokenView } from '../../contract/sign-in.ts';
import type { EventList, EventView, FollowEvents, ListEvents, LogLine, ReadLogs, ReadOutput, WatchJobs, WatchedJob } from '../../contract/stream.ts';
import type { DoctorView, NodeList, Nothing, VersionView } from '../../contract/system.ts';
import type { CreateWebhook, ListWebhooks, NewWebhookView, WebhookAddress, WebhookList } from '../../contract/webhook.ts';
import type { DependencyAddress, LeaseAddress, ListWorkers, UploadResult, Uploaded, WorkerList } from '../../contract/worker.ts';

export interface Api {
  'job.submit': { kind: 'unary'; input: z.input<typeof SubmitJob>; output: z.output<typeof Submitted> };
  'job.submit-batch': { kind: 'unary'; input: z.input<typeof SubmitBatch>; output: z.output<typeof BatchAnswer> };
  'job.wait': { kind: 'unary'; input: z.input<typeof WaitJobs>; output: z.output<typeof WaitAnswer> };
  'job.list': { kind: 'unary'; input: z.input<typeof ListJobs>; output: z.output<typeof JobList> };
  'job.watch': { kind: 'stream'; input: z.input<typeof WatchJobs>; output: z.output<typeof WatchedJob> };
  'job.get': { kind: 'unary'; input: z.input<typeof JobAddress>; output: z.output<typeof JobView> };
  'job.update': { kind: 'unary'; input: z.input<typeof UpdateJob>; output: z.output<typeof JobView> };
  'job.cancel': { kind: 'unary'; input: z.input<typeof StopJob>; output: z.output<typeof JobView> };
  'job.suspend': { kind: 'unary'; input: z.input<typeof StopJob>; output: z.output<typeof JobView> };
  'job.resume': { kind: 'unary'; input: z.input<typeof StopJob>; output: z.output<typeof JobView> };
  'job.redrive': { kind: 'unary'; input: z.input<typeof StopJob>; output: z.output<typeof JobView> };
  'job.redrive-many': { kind: 'unary'; input: z.input<typeof RedriveJobs>; output: z.output<typeof RedriveAnswer> };
  'job.delete': { kind: 'unary'; input: z.input<typeof JobAddress>; output: z.output<typeof Deleted> };
  'job.logs': { kind: 'stream'; input: z.input<typeof ReadLogs>; output: z.output<typeof LogLine> };
  'job.output': { kind: 'bytes'; input: z.input<typeof ReadOutput>; output: Uint8Array };
  'task.result': { kind: 'bytes'; input: z.input<typeof JobAddress>; output: Uint8Array };
  'task.payload': { kind: 'bytes'; input: z.input<typeof JobAddress>; output: Uint8Array };
  'worker.list': { kind: 'unary'; input: z.input<typeof ListWorkers>; output: z.output<typeof WorkerList> };
  'worker.upload': { kind: 'unary'; input: z.input<typeof UploadResult>; output: z.output<typeof Uploaded> };
  'worker.payload': { kind: 'bytes'; input: z.input<typeof LeaseAddress>; output: Uint8Array };
  'worker.dependency': { kind: 'bytes'; input: z.input<typeof DependencyAddress>; output: Uint8Array };
  'event.list': { kind: 'unary'; input: z.input<typeof ListEvents>; output: z.output<typeof EventList> };
  'event.follow': { kind: 'stream'; input: z.input<typeof FollowEvents>; output: z.output<typeof EventView> };
  'project.put': { kind: 'unary'; input: z.input<typeof PutProject>; output: z.output<typeof ProjectView> };
  'project.get': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof ProjectView> };
  'project.list': { kind: 'unary'; input: z.input<typeof Page>; output: z.output<typeof ProjectList> };
  'project.delete': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof Deleted> };
  'queue.put': { kind: 'unary'; input: z.input<typeof PutQueue>; output: z.output<typeof QueueView> };
  'queue.get': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof QueueView> };
  'queue.list': { kind: 'unary'; input: z.input<typeof Page>; output: z.output<typeof QueueList> };
  'queue.delete': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof Deleted> };
  'job.why': { kind: 'unary'; input: z.input<typeof WhyInput>; output: z.output<typeof WhyView> };
  'scheduling.what-if': { kind: 'unary'; input: z.input<typeof WhatIfInput>; output: z.output<typeof WhatIfView> };
  'scheduling.decisions': { kind: 'unary'; input: z.input<typeof DecisionsInput>; output: z.output<typeof DecisionList> };
  'flavor.put': { kind: 'unary'; input: z.input<typeof PutFlavor>; output: z.output<typeof FlavorView> };
  'flavor.get': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof FlavorView> };
  'flavor.list': { kind: 'unary'; input: z.input<typeof Page>; output: z.output<typeof FlavorList> };
  'flavor.delete': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof Deleted> };
  'grant.put': { kind: 'unary'; input: z.input<typeof PutQueueGrant>; output: z.output<typeof QueueGrantView> };
  'grant.list': { kind: 'unary'; input: z.input<typeof Page>; output: z.output<typeof QueueGrantList> };
  'grant.delete': { kind: 'unary'; input: z.input<typeof GrantAddress>; output: z.output<typeof Deleted> };
  'schedule.put': { kind: 'unary'; input: z.input<typeof PutSchedule>; output: z.output<typeof ScheduleView> };
  'schedule.get': { kind: 'unary'; input: z.input<typeof ScheduleAddress>; output: z.output<typeof ScheduleView> };
  'schedule.list': { kind: 'unary'; input: z.input<typeof ListSchedules>; output: z.output<typeof ScheduleList> };
  'schedule.suspend': { kind: 'unary'; input: z.input<typeof ScheduleAddress>; output: z.output<typeof ScheduleView> };
  'schedule.resume': { kind: 'unary'; input: z.input<typeof ScheduleAddress>; output: z.output<typeof ScheduleView> };
  'schedule.trigger': { kind: 'unary'; input: z.input<typeof TriggerSchedule>; output: z.output<typeof Triggered> };
  'schedule.delete': { kind: 'unary'; input: z.input<typeof ScheduleAddress>; output: z.output<typeof Deleted> };
  'webhook.create': { kind: 'unary'; input: z.input<typeof CreateWebhook>; output: z.output<typeof NewWebhookView> };
  'webhook.list': { kind: 'unary'; input: z.input<typeof ListWebhooks>; output: z.output<typeof WebhookList> };
  'webhook.delete': { kind: 'unary'; input: z.input<typeof WebhookAddress>; output: z.output<typeof Deleted> };
  'key.create': { kind: 'unary'; input: z.input<typeof CreateKey>; output: z.output<typeof NewKeyView> };
  'key.list': { kind: 'unary'; input: z.input<typeof ListKeys>; output: z.output<typeof KeyList> };
  'key.revoke': { kind: 'unary'; input: z.input<typeof KeyRef>; output: z.output<typeof KeyView> };
  'key.rotate': { kind: 'unary'; input: z.input<typeof RotateKey>; output: z.output<typeof NewKeyView> };
  'role.put': { kind: 'unary'; input: z.input<typeof PutRole>; output: z.output<typeof RoleView> };
  'role.list': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof RoleList> };
  'role.delete': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof Deleted> };
  'binding.put': { kind: 'unary'; input: z.input<typeof PutBinding>; output: z.output<typeof BindingView> };
  'binding.list': { kind: 'unary'; input: z.input<typeof Page>; output: z.output<typeof BindingList> };
  'binding.delete': { kind: 'unary'; input: z.input<typeof Named>; output: z.output<typeof Deleted> };
  'auth.whoami': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof WhoAmI> };
  'auth.can-i': { kind: 'unary'; input: z.input<typeof CanI>; output: z.output<typeof CanIView> };
  'auth.matrix': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof MatrixView> };
  'auth.token': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof TokenView> };
  'auth.rotate-signing-key': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof RotatedView> };
  'auth.settings': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof SignInSettings> };
  'auth.oidc': { kind: 'unary'; input: z.input<typeof ExchangeIdToken>; output: z.output<typeof SignedInView> };
  'auth.exchange': { kind: 'unary'; input: z.input<typeof ExchangeWorkloadToken>; output: z.output<typeof SignedInView> };
  'auth.refresh': { kind: 'unary'; input: z.input<typeof RefreshSession>; output: z.output<typeof SignedInView> };
  'auth.begin': { kind: 'unary'; input: z.input<typeof BeginSignIn>; output: z.output<typeof BegunView> };
  'auth.complete': { kind: 'unary'; input: z.input<typeof CompleteSignIn>; output: z.output<typeof SignedInView> };
  'console.begin': { kind: 'unary'; input: z.input<typeof BeginConsole>; output: z.output<typeof ConsoleBegunView> };
  'console.complete': { kind: 'unary'; input: z.input<typeof CompleteConsole>; output: z.output<typeof ConsoleSessionView> };
  'session.list': { kind: 'unary'; input: z.input<typeof ListSessions>; output: z.output<typeof SessionList> };
  'session.end': { kind: 'unary'; input: z.input<typeof SessionRef>; output: z.output<typeof Ended> };
  'node.list': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof NodeList> };
  'audit.list': { kind: 'unary'; input: z.input<typeof ListAudit>; output: z.output<typeof AuditList> };
  'audit.export': { kind: 'stream'; input: z.input<typeof ExportAudit>; output: z.output<typeof AuditLine> };
  'audit.heads': { kind: 'unary'; input: z.input<typeof Page>; output: z.output<typeof AuditHeadList> };
  'audit.verify': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof AuditVerdict> };
  'audit.findings': { kind: 'unary'; input: z.input<typeof FindInAudit>; output: z.output<typeof AuditFindings> };
  'system.version': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof VersionView> };
  'system.doctor': { kind: 'unary'; input: z.input<typeof Nothing>; output: z.output<typeof DoctorView> };
}

export const ROUTES = {
  'job.submit': { kind: 'unary', method: 'POST', path: '/api/v1/jobs' },
  'job.submit-batch': { kind: 'unary', method: 'POST', path: '/api/v1/jobs:batch' },
  'job.wait': { kind: 'unary', method: 'POST', path: '/api/v1/jobs:wait' },
  'job.list': { kind: 'unary', method: 'GET', path: '/api/v1/jobs' },
  'job.watch': { kind: 'stream', method: 'GET', path: '/api/v1/jobs/watch' },
  'job.get': { kind: 'unary', method: 'GET', path: '/api/v1/jobs/{project}/{job}' },
  'job.update': { kind: 'unary', method: 'PATCH', path: '/api/v1/jobs/{project}/{job}' },
  'job.cancel': { kind: 'unary', method: 'POST', path: '/api/v1/jobs/{project}/{job}/cancel' },
  'job.suspend': { kind: 'unary', method: 'POST', path: '/api/v1/jobs/{project}/{job}/suspend' },
  'job.resume': { kind: 'unary', method: 'POST', path: '/api/v1/jobs/{project}/{job}/resume' },
  'job.redrive': { kind: 'unary', method: 'POST', path: '/api/v1/jobs/{project}/{job}/redrive' },
  'job.redrive-many': { kind: 'unary', method: 'POST', path: '/api/v1/jobs:redrive' },
  'job.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/jobs/{project}/{job}' },
  'job.logs': { kind: 'stream', method: 'GET', path: '/api/v1/jobs/{project}/{job}/logs' },
  'job.output': { kind: 'bytes', method: 'GET', path: '/api/v1/jobs/{project}/{job}/outputs/{name}' },
  'task.result': { kind: 'bytes', method: 'GET', path: '/api/v1/jobs/{project}/{job}/result' },
  'task.payload': { kind: 'bytes', method: 'GET', path: '/api/v1/jobs/{project}/{job}/payload' },
  'worker.list': { kind: 'unary', method: 'GET', path: '/api/v1/workers' },
  'worker.upload': { kind: 'unary', method: 'PUT', path: '/api/v1/worker/results/{uid}/{attempt}' },
  'worker.payload': { kind: 'bytes', method: 'GET', path: '/api/v1/worker/payloads/{uid}/{attempt}' },
  'worker.dependency': { kind: 'bytes', method: 'GET', path: '/api/v1/worker/dependencies/{uid}/{attempt}/{on}' },
  'event.list': { kind: 'unary', method: 'GET', path: '/api/v1/events' },
  'event.follow': { kind: 'stream', method: 'GET', path: '/api/v1/events/follow' },
  'project.put': { kind: 'unary', method: 'PUT', path: '/api/v1/projects/{name}' },
  'project.get': { kind: 'unary', method: 'GET', path: '/api/v1/projects/{name}' },
  'project.list': { kind: 'unary', method: 'GET', path: '/api/v1/projects' },
  'project.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/projects/{name}' },
  'queue.put': { kind: 'unary', method: 'PUT', path: '/api/v1/queues/{name}' },
  'queue.get': { kind: 'unary', method: 'GET', path: '/api/v1/queues/{name}' },
  'queue.list': { kind: 'unary', method: 'GET', path: '/api/v1/queues' },
  'queue.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/queues/{name}' },
  'job.why': { kind: 'unary', method: 'GET', path: '/api/v1/jobs/{project}/{job}/why' },
  'scheduling.what-if': { kind: 'unary', method: 'POST', path: '/api/v1/scheduling/what-if' },
  'scheduling.decisions': { kind: 'unary', method: 'GET', path: '/api/v1/scheduling/decisions' },
  'flavor.put': { kind: 'unary', method: 'PUT', path: '/api/v1/flavors/{name}' },
  'flavor.get': { kind: 'unary', method: 'GET', path: '/api/v1/flavors/{name}' },
  'flavor.list': { kind: 'unary', method: 'GET', path: '/api/v1/flavors' },
  'flavor.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/flavors/{name}' },
  'grant.put': { kind: 'unary', method: 'PUT', path: '/api/v1/queuegrants/{project}/{queue}' },
  'grant.list': { kind: 'unary', method: 'GET', path: '/api/v1/queuegrants' },
  'grant.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/queuegrants/{project}/{queue}' },
  'schedule.put': { kind: 'unary', method: 'PUT', path: '/api/v1/schedules/{project}/{name}' },
  'schedule.get': { kind: 'unary', method: 'GET', path: '/api/v1/schedules/{project}/{name}' },
  'schedule.list': { kind: 'unary', method: 'GET', path: '/api/v1/schedules' },
  'schedule.suspend': { kind: 'unary', method: 'POST', path: '/api/v1/schedules/{project}/{name}/suspend' },
  'schedule.resume': { kind: 'unary', method: 'POST', path: '/api/v1/schedules/{project}/{name}/resume' },
  'schedule.trigger': { kind: 'unary', method: 'POST', path: '/api/v1/schedules/{project}/{name}/trigger' },
  'schedule.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/schedules/{project}/{name}' },
  'webhook.create': { kind: 'unary', method: 'POST', path: '/api/v1/webhooks/{project}' },
  'webhook.list': { kind: 'unary', method: 'GET', path: '/api/v1/webhooks/{project}' },
  'webhook.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/webhooks/{project}/{name}' },
  'key.create': { kind: 'unary', method: 'POST', path: '/api/v1/keys' },
  'key.list': { kind: 'unary', method: 'GET', path: '/api/v1/keys' },
  'key.revoke': { kind: 'unary', method: 'POST', path: '/api/v1/keys/{key}/revoke' },
  'key.rotate': { kind: 'unary', method: 'POST', path: '/api/v1/keys/{key}/rotate' },
  'role.put': { kind: 'unary', method: 'PUT', path: '/api/v1/roles/{name}' },
  'role.list': { kind: 'unary', method: 'GET', path: '/api/v1/roles' },
  'role.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/roles/{name}' },
  'binding.put': { kind: 'unary', method: 'PUT', path: '/api/v1/rolebindings/{name}' },
  'binding.list': { kind: 'unary', method: 'GET', path: '/api/v1/rolebindings' },
  'binding.delete': { kind: 'unary', method: 'DELETE', path: '/api/v1/rolebindings/{name}' },
  'auth.whoami': { kind: 'unary', method: 'GET', path: '/api/v1/auth/whoami' },
  'auth.can-i': { kind: 'unary', method: 'GET', path: '/api/v1/auth/can-i' },
  'auth.matrix': { kind: 'unary', method: 'GET', path: '/api/v1/auth/matrix' },
  'auth.token': { kind: 'unary', method: 'POST', path: '/api/v1/auth/token' },
  'auth.rotate-signing-key': { kind: 'unary', method: 'POST', path: '/api/v1/auth/signing-key/rotate' },
  'auth.settings': { kind: 'unary', method: 'GET', path: '/api/v1/auth/settings' },
  'auth.oidc': { kind: 'unary', method: 'POST', path: '/api/v1/auth/oidc' },
  'auth.exchange': { kind: 'unary', method: 'POST', path: '/api/v1/auth/exchange' },
  'auth.refresh': { kind: 'unary', method: 'POST', path: '/api/v1/auth/refresh' },
  'auth.begin': { kind: 'unary', method: 'POST', path: '/api/v1/auth/begin' },
  'auth.complete': { kind: 'unary', method: 'POST', path: '/api/v1/auth/complete' },
  'console.begin': { kind: 'unary', method: 'POST', path: '/api/v1/console/begin' },
  'console.complete': { kind: 'unary', method: 'POST', path: '/api/v1/console/complete' },
  'session.list': { kind: 'unary', method: 'GET', path: '/api/v1/sessions' },
  'session.end': { kind: 'unary', method: 'POST', path: '/api/v1/sessions/{session}/end' },
  'node.list': { kind: 'unary', method: 'GET', path: '/api/v1/nodes' },
  'audit.list': { kind: 'unary', method: 'GET', path: '/api/v1/audit/records' },
  'audit.export': { kind: 'stream', method: 'GET', path: '/api/v1/audit/export' },
  'audit.heads': { kind: 'unary', method: 'GET', path: '/api/v1/audit/heads' },
  'audit.verify': { kind: 'unary', method: 'GET', path: '/api/v1/audit/verification' },
  'audit.findings': { kind: 'unary', method: 'GET', path: '/api/v1/audit/findings' },
  'system.version': { kind: 'unary', method: 'GET', path: '/api/v1/version' },
  'system.doctor': { kind: 'unary', method: 'GET', path: '/api/v1/doctor' },
} as const;
