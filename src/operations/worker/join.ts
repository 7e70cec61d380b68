/**
 * A worker is here: its session begins, or goes on after a break. What it held before and holds no more
 * goes back to the queue; what it still holds and is somebody else's by now, it is told to drop.
 */
import { z } from 'zod';
import { Hello } from '../../contract/worker-link.ts';
import { may, type Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { AttemptOutcome } from '../../core/job/attempt.ts';
import { holdsProcesses } from '../../core/job/state.ts';
import { endLease } from '../../core/job/task.ts';
import type { LeaseRef } from '../../ports/task-store.ts';
import { type Call, defineOperation } from '../define.ts';

const Lease = z.object({ uid: z.string(), attempt: z.int() });

const ASKED = { name: 'worker.join', permission: 'task:work' } as const;

export const joinWorker = defineOperation({
  ...ASKED,
  summary: 'Begin or resume the session of a worker',
  input: Hello.omit({ type: true }).extend({ replica: z.string() }),
  output: z.object({ session: z.string(), holding: z.array(Lease), lost: z.array(Lease) }),
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  async handler(call) {
    const { input, principal, ports, now } = call;
    checkScope(principal, input);
    const id = await sessionOf(call);
    const asked = new Map(input.holding.map(({ uid, attempt }) => [uid, attempt]));
    const held = id === input.session ? await ports.workers.held(id, MOST_HELD) : [];
    const holding: LeaseRef[] = [];
    for (const job of held) {
      if (!holdsProcesses(job.state)) continue;
      const { attempt } = job.state;
      if (asked.get(job.uid) === attempt) {
        holding.push({ uid: job.uid, attempt });
        asked.delete(job.uid);
        continue;
      }
      const decision = endLease(job, {
        attempt,
        worker: id,
        outcome: NOT_HELD,
        now,
        random: ports.chance.random(),
      });
      if (decision.kind === 'transition') await ports.jobs.apply(decision.transition);
    }
    return { session: id, holding, lost: [...asked].map(([uid, attempt]) => ({ uid, attempt })) };
  },
});

const MOST_HELD = 10_000;

const NOT_HELD: AttemptOutcome = {
  kind: 'failed',
  reason: 'WorkerLost',
  message: 'its worker came back without it',
};

type JoinCall = Call<z.output<typeof joinWorker.input>>;

/** The one that it names, if it is its own and there still is one. */
async function sessionOf({ input, principal, ports, now }: JoinCall): Promise<string> {
  const { name, queues, handlers, labels, client, concurrency, session, replica } = input;
  const worker = {
    name,
    queues,
    handlers,
    labels,
    client,
    concurrency,
    replica,
    principal: principal.id,
    since: now,
  };
  if (session !== undefined && (await ports.workers.put({ ...worker, id: session }))) return session;
  const id = ports.chance.uid(now);
  await ports.workers.put({ ...worker, id });
  return id;
}

/** @throws Refused `worker.queue` or `worker.handler` */
function checkScope(
  principal: Principal,
  { queues, handlers }: { queues: string[]; handlers: string[] },
): void {
  for (const queue of queues) {
    for (const handler of handlers) {
      if (may(principal, ASKED, { queue, handler })) continue;
      if (!may(principal, ASKED, { queue, handler: undefined }))
        throw new Refused('worker.queue', { principal: principal.id, queue });
      throw new Refused('worker.handler', { principal: principal.id, handler });
    }
  }
}
