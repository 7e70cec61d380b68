/** The warm workers that there are. */
import { formatTime } from '../../contract/scalars.ts';
import { ListWorkers, WorkerList } from '../../contract/worker.ts';
import { defineOperation } from '../define.ts';

export const listWorkers = defineOperation({
  name: 'worker.list',
  summary: 'List the workers that are connected',
  input: ListWorkers,
  output: WorkerList,
  permission: 'system:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/workers' },
  async handler({ ports }) {
    const items = (await ports.workers.list()).map((worker) => ({
      session: worker.id,
      name: worker.name,
      principal: worker.principal,
      server: worker.replica,
      queues: [...worker.queues],
      handlers: [...worker.handlers],
      labels: { ...worker.labels },
      ...(worker.client === undefined ? {} : { client: worker.client }),
      concurrency: worker.concurrency,
      running: worker.held,
      since: formatTime(worker.since),
      silentFor: worker.silentMs / 1000,
    }));
    return { items };
  },
});
