/** What the handler of a task returned, whole, as JSON. */
import { z } from 'zod';
import { JobAddress } from '../../contract/job.ts';
import { Refused } from '../../core/errors/refused.ts';
import { resultKey } from '../../core/job/blob-key.ts';
import { defineBytes } from '../define.ts';
import { loadJob } from '../job/load.ts';
import { bytesOf } from './bytes.ts';

export const readResult = defineBytes({
  name: 'task.result',
  summary: 'Read what a task returned',
  input: JobAddress,
  output: z.string().meta({ format: 'binary' }),
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/{project}/{job}/result' },
  async handler({ input, ports }) {
    const job = await loadJob(ports, input);
    if (!job.spec.task) throw new Refused('task.none', { job: job.name });
    if (job.state.name !== 'succeeded')
      throw new Refused('task.no_result', { job: job.name, state: job.state.name });
    const { result, resultBytes } = job.outcome ?? {};
    const key = resultKey({ job: job.uid, attempt: job.fence });
    return bytesOf(ports, {
      inline: result ?? (resultBytes === undefined ? 'null' : undefined),
      bytes: resultBytes,
      key,
    });
  },
});
