/** Every operation there is. A surface is a projection of this table and adds no logic. */

import { exportAudit } from './audit/export.ts';
import { findInAudit } from './audit/findings.ts';
import { listAuditHeads } from './audit/heads.ts';
import { listAudit } from './audit/list.ts';
import { verifyAudit } from './audit/verify.ts';
import { beginSignIn } from './auth/begin.ts';
import { canI } from './auth/can-i.ts';
import { completeSignIn } from './auth/complete.ts';
import { signInByExchange } from './auth/exchange.ts';
import { showMatrix } from './auth/matrix.ts';
import { signInByOidc } from './auth/oidc.ts';
import { refreshSession } from './auth/refresh.ts';
import { rotateSigningKey } from './auth/rotate-signing-key.ts';
import { signInSettings } from './auth/settings.ts';
import { issueToken } from './auth/token.ts';
import { whoAmI } from './auth/whoami.ts';
import { beginConsole } from './console/begin.ts';
import { completeConsole } from './console/complete.ts';
import type { Operation } from './define.ts';
import { followEvents } from './event/follow.ts';
import { listEvents } from './event/list.ts';
import { deleteFlavor } from './flavor/delete.ts';
import { getFlavor } from './flavor/get.ts';
import { listFlavors } from './flavor/list.ts';
import { putFlavor } from './flavor/put.ts';
import { deleteGrant } from './grant/delete.ts';
import { listGrants } from './grant/list.ts';
import { putGrant } from './grant/put.ts';
import { submitBatch } from './job/batch.ts';
import { cancelJob } from './job/cancel.ts';
import { deleteJob } from './job/delete.ts';
import { getJob } from './job/get.ts';
import { listJobs } from './job/list.ts';
import { readOutput } from './job/output.ts';
import { redriveJob } from './job/redrive.ts';
import { redriveJobs } from './job/redrive-many.ts';
import { resumeJob } from './job/resume.ts';
import { submitJob } from './job/submit.ts';
import { suspendJob } from './job/suspend.ts';
import { updateJob } from './job/update.ts';
import { waitJobs } from './job/wait.ts';
import { watchJobs } from './job/watch.ts';
import { whyJob } from './job/why.ts';
import { createKey } from './key/create.ts';
import { listKeys } from './key/list.ts';
import { revokeKey } from './key/revoke.ts';
import { rotateKey } from './key/rotate.ts';
import { readLogs } from './log/read.ts';
import { deleteProject } from './project/delete.ts';
import { getProject } from './project/get.ts';
import { listProjects } from './project/list.ts';
import { putProject } from './project/put.ts';
import { deleteQueue } from './queue/delete.ts';
import { getQueue } from './queue/get.ts';
import { listQueues } from './queue/list.ts';
import { putQueue } from './queue/put.ts';
import { deleteRole } from './role/delete.ts';
import { deleteBinding } from './role/delete-binding.ts';
import { listRoles } from './role/list.ts';
import { listBindings } from './role/list-bindings.ts';
import { putRole } from './role/put.ts';
import { putBinding } from './role/put-binding.ts';
import { deleteSchedule } from './schedule/delete.ts';
import { getSchedule } from './schedule/get.ts';
import { listSchedules } from './schedule/list.ts';
import { putSchedule } from './schedule/put.ts';
import { resumeSchedule } from './schedule/resume.ts';
import { suspendSchedule } from './schedule/suspend.ts';
import { triggerSchedule } from './schedule/trigger.ts';
import { listDecisions } from './scheduling/decisions.ts';
import { whatIf } from './scheduling/what-if.ts';
import { endSession } from './session/end.ts';
import { listSessions } from './session/list.ts';
import { examineServer } from './system/doctor.ts';
import { listNodes } from './system/nodes.ts';
import { getVersion } from './system/version.ts';
import { readLeasedDependency, readLeasedPayload, readPayload } from './task/payload.ts';
import { readResult } from './task/result.ts';
import { createWebhook } from './webhook/create.ts';
import { deleteWebhook } from './webhook/delete.ts';
import { listWebhooks } from './webhook/list.ts';
import { listWorkers } from './worker/list.ts';
import { uploadResult } from './worker/upload.ts';

export const OPERATIONS = {
  'job.submit': submitJob,
  'job.submit-batch': submitBatch,
  'job.wait': waitJobs,
  'job.list': listJobs,
  'job.watch': watchJobs,
  'job.get': getJob,
  'job.update': updateJob,
  'job.cancel': cancelJob,
  'job.suspend': suspendJob,
  'job.resume': resumeJob,
  'job.redrive': redriveJob,
  'job.redrive-many': redriveJobs,
  'job.delete': deleteJob,
  'job.logs': readLogs,
  'job.output': readOutput,
  'task.result': readResult,
  'task.payload': readPayload,
  'worker.list': listWorkers,
  'worker.upload': uploadResult,
  'worker.payload': readLeasedPayload,
  'worker.dependency': readLeasedDependency,
  'event.list': listEvents,
  'event.follow': followEvents,
  'project.put': putProject,
  'project.get': getProject,
  'project.list': listProjects,
  'project.delete': deleteProject,
  'queue.put': putQueue,
  'queue.get': getQueue,
  'queue.list': listQueues,
  'queue.delete': deleteQueue,
  'job.why': whyJob,
  'scheduling.what-if': whatIf,
  'scheduling.decisions': listDecisions,
  'flavor.put': putFlavor,
  'flavor.get': getFlavor,
  'flavor.list': listFlavors,
  'flavor.delete': deleteFlavor,
  'grant.put': putGrant,
  'grant.list': listGrants,
  'grant.delete': deleteGrant,
  'schedule.put': putSchedule,
  'schedule.get': getSchedule,
  'schedule.list': listSchedules,
  'schedule.suspend': suspendSchedule,
  'schedule.resume': resumeSchedule,
  'schedule.trigger': triggerSchedule,
  'schedule.delete': deleteSchedule,
  'webhook.create': createWebhook,
  'webhook.list': listWebhooks,
  'webhook.delete': deleteWebhook,
  'key.create': createKey,
  'key.list': listKeys,
  'key.revoke': revokeKey,
  'key.rotate': rotateKey,
  'role.put': putRole,
  'role.list': listRoles,
  'role.delete': deleteRole,
  'binding.put': putBinding,
  'binding.list': listBindings,
  'binding.delete': deleteBinding,
  'auth.whoami': whoAmI,
  'auth.can-i': canI,
  'auth.matrix': showMatrix,
  'auth.token': issueToken,
  'auth.rotate-signing-key': rotateSigningKey,
  'auth.settings': signInSettings,
  'auth.oidc': signInByOidc,
  'auth.exchange': signInByExchange,
  'auth.refresh': refreshSession,
  'auth.begin': beginSignIn,
  'auth.complete': completeSignIn,
  'console.begin': beginConsole,
  'console.complete': completeConsole,
  'session.list': listSessions,
  'session.end': endSession,
  'node.list': listNodes,
  'audit.list': listAudit,
  'audit.export': exportAudit,
  'audit.heads': listAuditHeads,
  'audit.verify': verifyAudit,
  'audit.findings': findInAudit,
  'system.version': getVersion,
  'system.doctor': examineServer,
} as const satisfies Record<string, Operation>;
