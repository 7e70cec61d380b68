/** A leased task as its worker gets it. */
import type { ToWorker } from '../../contract/worker-link.ts';
import type { Handed } from '../../ports/task-desk.ts';

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
    ...(task.dependent ? { dependencies: dependencies.map((job) => dependencyView(task, job)) } : {}),
  };
}

function dependencyView(
  { uid: dependent, attempt }: Handed['task'],
  { uid, name, state, outcome }: Handed['dependencies'][number],
): NonNullable<TaskMessage['dependencies']>[number] {
  const path = `/api/v1/worker/dependencies/${dependent}/${attempt}/${uid}`;
  return {
    uid,
    name,
    state: state.name,
    ...(outcome?.result === undefined ? {} : { result: JSON.parse(outcome.result) }),
    ...(outcome?.resultBytes === undefined ? {} : { resultPath: path }),
  };
}
