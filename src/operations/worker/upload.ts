/** A result that is too large for a message: sent first, and then said to be done. */
import { LARGEST_RESULT } from '../../contract/task.ts';
import { Uploaded, UploadResult } from '../../contract/worker.ts';
import { Refused } from '../../core/errors/refused.ts';
import { resultKey } from '../../core/job/blob-key.ts';
import { defineOperation } from '../define.ts';
import { once } from '../task/bytes.ts';
import { heldBy } from '../task/lease.ts';

export const uploadResult = defineOperation({
  name: 'worker.upload',
  summary: 'Send the large result of a leased task',
  input: UploadResult,
  output: Uploaded,
  permission: 'task:work',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: {
    method: 'PUT',
    path: '/api/v1/worker/results/{uid}/{attempt}',
    bodyLimit: LARGEST_RESULT + 1024,
  },
  async handler({ input, ports, principal }) {
    const job = await heldBy(ports, principal, input);
    const bytes = Buffer.from(JSON.stringify(input.result));
    if (bytes.length > LARGEST_RESULT) {
      throw new Refused('task.too_large', { what: 'result', bytes: bytes.length, limit: LARGEST_RESULT });
    }
    await ports.blobs.put(resultKey({ job: job.uid, attempt: input.attempt }), once(bytes));
    return { bytes: bytes.length };
  },
});
