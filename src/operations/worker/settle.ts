/** What became of leases, as their worker says. Answers when it is durable. */
import { z } from 'zod';
import { LARGEST_INLINE, LARGEST_RESULT } from '../../contract/task.ts';
import { Done } from '../../contract/worker-link.ts';
import type { AttemptOutcome } from '../../core/job/attempt.ts';
import { resultKey } from '../../core/job/blob-key.ts';
import { threw } from '../../core/job/task.ts';
import type { Ports } from '../../ports/index.ts';
import type { TaskResult } from '../../ports/task-desk.ts';
import { defineOperation } from '../define.ts';
import { once } from '../task/bytes.ts';

type Given = z.output<typeof Done>['results'][number];

export const settleTasks = defineOperation({
  name: 'worker.settle',
  summary: 'Say what became of leased tasks',
  input: Done.omit({ type: true }).extend({ session: z.string() }),
  output: z.array(
    z.object({
      uid: z.string(),
      attempt: z.int(),
      outcome: z.enum(['recorded', 'stale', 'refused']),
      message: z.string().optional(),
    }),
  ),
  permission: 'task:work',
  target: () => 'any',
  effect: 'write',
  // The desk records each under its worker, together with others of the same commit.
  audit: 'none',
  async handler({ input, ports }) {
    const results = await Promise.all(input.results.map((given) => resultOf(ports, given)));
    const settled = await ports.desk.settle(input.session, results);
    return settled.map((one, index) => {
      const outcome = results[index]?.outcome;
      const refused =
        one.outcome === 'recorded' && outcome?.kind === 'failed' && outcome.reason === 'ResultTooLarge';
      return refused ? { ...one, outcome: 'refused' as const, message: outcome.message } : one;
    });
  },
});

async function resultOf(ports: Ports, given: Given): Promise<TaskResult> {
  const { uid, attempt, error, stopped } = given;
  if (error) return { uid, attempt, outcome: threw({ ...error, stack: error.stack?.slice(0, MOST_STACK) }) };
  if (stopped) return { uid, attempt, outcome: { kind: 'stopped', graceExceeded: false } };
  if (given.result === undefined) return uploaded(ports, { uid, attempt });
  const result = JSON.stringify(given.result);
  if (result.length <= LARGEST_INLINE / 4) return { uid, attempt, outcome: SUCCEEDED, result };
  const bytes = Buffer.byteLength(result);
  if (bytes > LARGEST_RESULT) return { uid, attempt, outcome: tooLarge(bytes) };
  if (bytes <= LARGEST_INLINE) return { uid, attempt, outcome: SUCCEEDED, result };
  await ports.blobs.put(resultKey({ job: uid, attempt }), once(Buffer.from(result)));
  return { uid, attempt, outcome: SUCCEEDED, resultBytes: bytes };
}

/** Of a stack that is kept with the attempt, characters. */
const MOST_STACK = 16_384;

const SUCCEEDED: AttemptOutcome = { kind: 'succeeded' };

/** Sent before, by HTTP; a result that is not there at all is nothing: `null`. */
async function uploaded(
  ports: Ports,
  { uid, attempt }: { uid: string; attempt: number },
): Promise<TaskResult> {
  const stat = await ports.blobs.stat(resultKey({ job: uid, attempt }));
  if (!stat) return { uid, attempt, outcome: SUCCEEDED, result: 'null' };
  return { uid, attempt, outcome: SUCCEEDED, resultBytes: stat.bytes };
}

function tooLarge(bytes: number): AttemptOutcome {
  const message = `the result has ${bytes} bytes, more than ${LARGEST_RESULT}`;
  return {
    kind: 'failed',
    reason: 'ResultTooLarge',
    message,
    error: { message, type: 'ResultTooLarge', retryable: false },
  };
}
