/** Warm workers in lists. */
import type { z } from 'zod';
import type { WorkerView } from '../../../contract/worker.ts';
import { UsageError } from '../../errors.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText } from '../job-facts.ts';
import type { Kind } from './kind.ts';

type Worker = z.output<typeof WorkerView>;

export const workerKind: Kind<Worker> = {
  name: 'worker',
  plural: 'workers',
  aliases: ['wk'],
  projected: false,
  narrowings: [],
  columns: [
    { head: 'NAME', cell: ({ name }) => oneLine(name) },
    { head: 'HANDLERS', cell: ({ handlers }) => handlers.join() },
    { head: 'QUEUES', cell: ({ queues }) => queues.join() },
    { head: 'RUNNING', cell: ({ running, concurrency }) => `${running}/${concurrency}` },
    { head: 'SILENT', cell: ({ silentFor }) => `${silentFor.toFixed(1)}s` },
    { head: 'AGE', cell: ({ since }, { now }) => age(since, now) },
    { head: 'BY', cell: ({ principal }) => oneLine(principal), only: 'wide' },
    { head: 'SERVER', cell: ({ server }) => server, only: 'wide' },
    { head: 'CLIENT', cell: ({ client = '' }) => oneLine(client), only: 'wide' },
    { head: 'LABELS', cell: ({ labels }) => labelsText(labels), only: 'wide' },
    { head: 'SESSION', cell: ({ session }) => session, only: 'wide' },
  ],
  nameOf: ({ session }) => session,
  async list(client, { limit }) {
    const { items } = await client.call('worker.list', {});
    return { items: items.slice(0, limit), more: items.length > limit };
  },
  get: findWorker,
};

async function findWorker(client: Client, name: string): Promise<Worker> {
  const { items } = await client.call('worker.list', {});
  const found = items.find((worker) => worker.session === name || worker.name === name);
  if (found) return found;
  throw new UsageError(`there is no worker ${name}`, '`capstan get workers` lists them.');
}
