/** Says what the next cycle would do with something changed. Nothing changes. */
import { WhatIfInput, WhatIfView } from '../../contract/scheduling.ts';
import { may, type Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Change } from '../../core/scheduling/changed.ts';
import type { PendingJob } from '../../core/scheduling/snapshot.ts';
import type { WhatIf } from '../../core/scheduling/what-if.ts';
import { type Call, defineOperation } from '../define.ts';
import { prepare } from '../job/submit.ts';
import { newNodes } from './new-nodes.ts';
import { scheduledOf } from './scheduled.ts';

export const whatIf = defineOperation({
  name: 'scheduling.what-if',
  summary: 'Say who would start, wait or be preempted if something changed',
  input: WhatIfInput,
  output: WhatIfView,
  permission: 'queue:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'POST', path: '/api/v1/scheduling/what-if' },
  async handler(call) {
    const changes = await changesOf(call);
    const answer = await call.ports.planner.ask({ kind: 'what-if', changes, now: call.now });
    if (!answer) throw new Refused('scheduling.elsewhere');
    return view(answer, call.principal);
  },
});

async function changesOf({ input, ports, principal, now }: WhatIfCall): Promise<Change[]> {
  const nodes = (await ports.board.rest()).nodes;
  const jobs: PendingJob[] = [];
  for (const job of input.submit) {
    const { job: made } = await prepare({ input: { ...job, dryRun: true }, ports, principal, now });
    jobs.push(scheduledOf(made));
  }
  for (const name of [...input.drain, ...input.cordon])
    if (!nodes.some((node) => node.name === name))
      throw new Refused('scheduling.node_not_found', { node: name });
  return [
    ...(input.addNodes.length > 0
      ? [{ kind: 'add-nodes' as const, nodes: newNodes(input.addNodes, nodes) }]
      : []),
    ...(input.drain.length > 0 ? [{ kind: 'drain' as const, nodes: input.drain }] : []),
    ...(input.cordon.length > 0 ? [{ kind: 'cordon' as const, nodes: input.cordon }] : []),
    ...input.quota.flatMap(({ queue, flavor, quota }) =>
      Object.entries(quota).map(([resource, amount]) => ({
        kind: 'quota' as const,
        queue,
        flavor,
        resource,
        amount,
      })),
    ),
    ...input.pause.map((queue) => ({ kind: 'queue-state' as const, queue, state: 'paused' as const })),
    ...input.resume.map((queue) => ({ kind: 'queue-state' as const, queue, state: 'open' as const })),
    ...(jobs.length > 0 ? [{ kind: 'submit' as const, jobs }] : []),
  ];
}

type WhatIfCall = Pick<Call<ReturnType<typeof WhatIfInput.parse>>, 'input' | 'ports' | 'principal' | 'now'>;

const SEE = { name: 'job.get', permission: 'job:read' } as const;

/** Jobs of others are counted and not named. */
function view(answer: WhatIf, principal: Principal): WhatIfView {
  const seen = <T extends { readonly project: string }>(jobs: readonly T[]) =>
    jobs.filter(({ project }) => may(principal, SEE, { project }));
  const [starts, waits, preempted] = [seen(answer.starts), seen(answer.waits), seen(answer.preempted)];
  const all = answer.starts.length + answer.waits.length + answer.preempted.length;
  return {
    starts: starts.map(({ project, name, queue, agent, again }) => ({
      project,
      job: name,
      queue,
      agent,
      again,
    })),
    waits: waits.map(({ project, name, queue, reason, message }) => ({
      project,
      job: name,
      queue,
      reason,
      message,
    })),
    preempted: preempted.map(({ project, name, queue, by, reason }) => ({
      project,
      job: name,
      queue,
      by,
      reason,
    })),
    hidden: all - starts.length - waits.length - preempted.length,
    before: answer.before,
    after: answer.after,
  };
}
