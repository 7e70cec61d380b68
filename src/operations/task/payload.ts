/** The payload of a task, whole, as JSON: for who may read the job, and for the worker that holds it. */
import { z } from 'zod';
import { JobAddress } from '../../contract/job.ts';
import { DependencyAddress, LeaseAddress } from '../../contract/worker.ts';
import { Refused } from '../../core/errors/refused.ts';
import { payloadKey, resultKey } from '../../core/job/blob-key.ts';
import type { Job } from '../../core/job/job.ts';
import type { Ports } from '../../ports/index.ts';
import { defineBytes } from '../define.ts';
import { loadJob } from '../job/load.ts';
import { bytesOf } from './bytes.ts';
import { heldBy } from './lease.ts';

export const readPayload = defineBytes({
  name: 'task.payload',
  summary: 'Read the payload of a task',
  input: JobAddress,
  output: z.string().meta({ format: 'binary' }),
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/{project}/{job}/payload' },
  handler: async ({ input, ports }) => payloadOf(ports, await loadJob(ports, input)),
});

export const readLeasedPayload = defineBytes({
  name: 'worker.payload',
  summary: 'Read the payload of a leased task',
  input: LeaseAddress,
  output: z.string().meta({ format: 'binary' }),
  permission: 'task:work',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/worker/payloads/{uid}/{attempt}' },
  handler: async ({ input, ports, principal }) => payloadOf(ports, await heldBy(ports, principal, input)),
});

/** Of a task that a leased one waited for. */
export const readLeasedDependency = defineBytes({
  name: 'worker.dependency',
  summary: 'Read the result of a task that a leased one waited for',
  input: DependencyAddress,
  output: z.string().meta({ format: 'binary' }),
  permission: 'task:work',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/worker/dependencies/{uid}/{attempt}/{on}' },
  async handler({ input, ports, principal }) {
    const job = await heldBy(ports, principal, input);
    const [other] = (await ports.tasks.dependencies([job.uid], input.on)).get(job.uid) ?? [];
    if (!other) throw new Refused('job.not_found', { job: input.on, project: job.project });
    const { result, resultBytes } = other.outcome ?? {};
    const key = resultKey({ job: other.uid, attempt: other.fence });
    return bytesOf(ports, {
      inline: result ?? (resultBytes === undefined ? 'null' : undefined),
      bytes: resultBytes,
      key,
    });
  },
});

function payloadOf(ports: Pick<Ports, 'blobs'>, { name, uid, spec: { task } }: Job) {
  if (!task) throw new Refused('task.none', { job: name });
  return bytesOf(ports, { inline: task.payload, bytes: task.payloadBytes, key: payloadKey(uid) });
}
