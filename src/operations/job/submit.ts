/** Accepts a job: checked whole, placed in its project's queue, durable before it is acknowledged (invariant 1). */
import { SubmitJob, Submitted } from '../../contract/job.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Job } from '../../core/job/job.ts';
import { submit } from '../../core/job/submit.ts';
import type { Transition } from '../../core/job/transition.ts';
import type { Once } from '../../ports/job-store.ts';
import { type Call, defineOperation } from '../define.ts';
import { digestOf } from '../digest.ts';
import { currentTraceparent } from '../trace.ts';
import { checkPlacement, queueOf } from './placement.ts';
import { checkQueue } from './queue-scope.ts';
import { checkSupport } from './support.ts';
import { viewJob } from './view.ts';
import { warningsFor } from './warnings.ts';

export const submitJob = defineOperation({
  name: 'job.submit',
  summary: 'Submit a job',
  input: SubmitJob,
  output: Submitted,
  permission: 'job:write',
  target: ({ project, spec }) => ({ project, queue: spec.queue }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs' },
  async handler(call) {
    const first = await prepare(call);
    if (call.input.dryRun) return { ...viewJob(first.job), repeated: false };
    const stored = await call.ports.jobs.submit(first, onceOf(call));
    switch (stored.kind) {
      case 'stored':
        return { ...viewJob(stored.job), repeated: false };
      case 'repeated':
        return { ...viewJob(stored.job), repeated: true };
      case 'key-reused':
        throw new Refused('idempotency.reused');
      case 'name-taken':
        return { ...viewJob(sameOrConflict(stored.job, first.job)), repeated: true };
    }
  },
});

type SubmitCall = Call<import('zod').output<typeof SubmitJob>>;

async function prepare({ input, principal, ports, now }: SubmitCall): Promise<Transition> {
  const queue = await queueOf(ports, input.project, input.spec.queue);
  checkQueue(principal, 'job.submit', { project: input.project, queue });
  await checkPlacement(ports, { project: input.project, queue, priority: input.spec.priority });
  const spec = { ...input.spec, queue, traceparent: currentTraceparent() };
  await checkSupport(ports, spec);
  const uid = ports.chance.uid(now);
  return submit({
    uid,
    project: input.project,
    name: input.name ?? `${spec.type}-${uid.slice(-8)}`,
    labels: input.labels,
    spec,
    submittedBy: principal.id,
    warnings: warningsFor(spec),
    now,
  });
}

function onceOf({ input, principal }: SubmitCall): Once | undefined {
  if (input.idempotencyKey === undefined) return undefined;
  return {
    principal: principal.id,
    key: input.idempotencyKey,
    digest: digestOf({ ...input, idempotencyKey: '' }),
  };
}

/** An equal spec under a live name is the same job; a different one is a conflict. */
function sameOrConflict(live: Job, wanted: Job): Job {
  const asked = (job: Job) => digestOf({ ...job.spec, traceparent: undefined });
  if (asked(live) === asked(wanted)) return live;
  throw new Refused('job.name_taken', { job: live.name, project: live.project, state: live.state.name });
}
