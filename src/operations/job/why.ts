/** Says why a job waits: from the scheduler's memory where this server schedules, from the row otherwise. */
import { formatTime } from '../../contract/scalars.ts';
import { WhyInput, WhyView } from '../../contract/scheduling.ts';
import { may, type Principal } from '../../core/access/principal.ts';
import type { Job } from '../../core/job/job.ts';
import type { Change } from '../../core/scheduling/changed.ts';
import type { WhyAnswer } from '../../core/scheduling/questions.ts';
import type { Blocker } from '../../core/scheduling/why.ts';
import { defineOperation } from '../define.ts';
import { explained } from '../task/explain.ts';
import { loadJob } from './load.ts';

export const whyJob = defineOperation({
  name: 'job.why',
  summary: 'Say why a job waits, when it will start, and what would start it now',
  input: WhyInput,
  output: WhyView,
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/{project}/{job}/why' },
  async handler({ input, ports, principal, now }) {
    const [found] = await explained(ports, [await loadJob(ports, input)]);
    const job = found as Job;
    const asks = job.state.name === 'pending' && !job.spec.task;
    const answer = asks
      ? await ports.planner.ask({ kind: 'why', uid: job.uid, now, help: input.help })
      : undefined;
    return view(job, answer, principal);
  },
});

function view(job: Job, answer: WhyAnswer | undefined, principal: Principal): WhyView {
  const why = answer?.why;
  const { state, spec } = job;
  return {
    job: job.name,
    project: job.project,
    uid: job.uid,
    state: state.name,
    reason: why?.reason ?? state.reason,
    message: why?.message ?? state.message,
    since: formatTime(state.since),
    live: why !== undefined || state.name !== 'pending',
    queue: spec.queue,
    position: why?.position,
    of: why?.of,
    blockers: (why?.blockers ?? []).map((blocker) => viewBlocker(blocker, principal)),
    reserved:
      why?.reservedAt === undefined
        ? undefined
        : { at: formatTime(why.reservedAt), for: why.reservedFor ?? 'capacity' },
    expected: answer?.expected && {
      at: formatTime(answer.expected.at),
      from: formatTime(answer.expected.low),
      to: formatTime(answer.expected.high),
    },
    preempted: job.attempts.flatMap(({ number, preempted }) =>
      preempted
        ? [{ attempt: number, by: preempted.byName, reason: preempted.reason, lost: preempted.lostMs / 1000 }]
        : [],
    ),
    suggestions: answer?.suggestions
      ?.filter(({ change }) => maySee(change, why?.blockers ?? [], principal))
      .map(({ change, sentence }) => ({ kind: change.kind, sentence })),
  };
}

const SEE = { name: 'job.get', permission: 'job:read' } as const;

function viewBlocker({ what, how, until }: Blocker, principal: Principal): WhyView['blockers'][number] {
  const [kind, project] = what.split('/');
  const hidden = kind === 'job' && project !== undefined && !may(principal, SEE, { project });
  return {
    what: hidden ? 'a job of another project' : what,
    how,
    until: until === undefined ? undefined : formatTime(until),
  };
}

/** That a job ends is told only of jobs that may be seen. */
function maySee(change: Change, blockers: readonly Blocker[], principal: Principal): boolean {
  if (change.kind !== 'end') return true;
  const blocker = blockers.find(({ uid }) => uid === change.uid);
  const project = blocker?.what.split('/')[1];
  return project !== undefined && may(principal, SEE, { project });
}
