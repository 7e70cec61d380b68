/** A leased task as its worker gets it: whatever it waited for, it fits into a message. */
import type { ToWorker } from '../../contract/worker-link.ts';
import type { Handed } from '../../ports/task-desk.ts';

/** Characters of results that travel with their task; others are read by their path. */
const MOST_INLINE = 1024 * 1024;

type TaskMessage = Extract<ToWorker, { type: 'tasks' }>['tasks'][number];

export function handedView({ task, dependencies }: Handed): TaskMessage {
  const { uid, attempt, name, project, queue, handler, payload, timeoutMs, labels, traceparent } = task;
  return {
    uid,
    attempt,
    name,
    project,
    queue,
    handler,
    ...(payload === undefined
      ? { payloadPath: `/api/v1/worker/payloads/${uid}/${attempt}` }
      : { payload: JSON.parse(payload) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(labels === undefined ? {} : { labels }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(task.dependent ? { dependencies: dependenciesView(task, dependencies) } : {}),
  };
}

/** Characters of a message that it takes, at least. */
export function sizeOf({ task, dependencies }: Handed): number {
  const results = dependencies.reduce((sum, { outcome }) => sum + (outcome?.result?.length ?? 0), 0);
  return (task.payload?.length ?? 0) + Math.min(results, MOST_INLINE) + dependencies.length * 300 + 400;
}

type Dependency = NonNullable<TaskMessage['dependencies']>[number];

function dependenciesView(
  { uid: dependent, attempt }: Handed['task'],
  jobs: Handed['dependencies'],
): Dependency[] {
  let inline = 0;
  return jobs.map(({ uid, name, state, outcome }) => {
    const { result, resultBytes } = outcome ?? {};
    const facts = { uid, name, state: state.name };
    if (result === undefined && resultBytes === undefined) return facts;
    const fits = result !== undefined && inline + result.length <= MOST_INLINE;
    if (!fits) return { ...facts, resultPath: `/api/v1/worker/dependencies/${dependent}/${attempt}/${uid}` };
    inline += result.length;
    return { ...facts, result: JSON.parse(result) };
  });
}
