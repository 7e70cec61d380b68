/** Queues in lists: what they may use, what they use. */
import type { QueueView } from '../../../contract/queue.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import { labelsText } from '../job-facts.ts';
import { readPages } from '../pages.ts';
import type { Kind } from './kind.ts';

export const queueKind: Kind<QueueView> = {
  name: 'queue',
  plural: 'queues',
  aliases: ['q'],
  projected: false,
  narrowings: [],
  columns: [
    { head: 'NAME', cell: (queue) => queue.metadata.name },
    { head: 'STATE', cell: (queue) => queue.spec.state },
    { head: 'PENDING', cell: (queue) => String(queue.status.pending) },
    { head: 'HOLDING', cell: (queue) => String(queue.status.holding) },
    { head: 'USED', cell: used },
    { head: 'AGE', cell: (queue, { now }) => age(queue.metadata.creationTimestamp, now) },
    { head: 'PARENT', cell: (queue) => queue.spec.parent ?? '-', only: 'wide' },
    { head: 'WEIGHT', cell: (queue) => String(queue.spec.weight ?? 1), only: 'wide' },
    { head: 'FLAVORS', cell: flavors, only: 'wide' },
    { head: 'ORDERING', cell: (queue) => queue.spec.ordering ?? 'bestEffort', only: 'wide' },
    { head: 'MAX RUNNING', cell: (queue) => String(queue.spec.maxRunning ?? '-'), only: 'wide' },
    { head: 'LABELS', cell: (queue) => labelsText(queue.metadata.labels), only: 'wide' },
    { head: 'DESCRIPTION', cell: (queue) => oneLine(queue.spec.description), only: 'wide' },
  ],
  nameOf: (queue) => queue.metadata.name,
  list: (client, { limit }) => readPages((page) => client.call('queue.list', page), limit),
  get: (client, name) => client.call('queue.get', { name }),
  remove: (client, name) => client.call('queue.delete', { name }),
};

/** In the order in which they are tried. */
function flavors({ spec }: QueueView): string {
  return spec.flavors?.map(({ flavor }) => flavor).join(', ') || '-';
}

/** `cpu 2/4, memory 0/8Gi`; without quota only what is used. */
function used({ spec, status }: QueueView): string {
  const names = [...new Set([...Object.keys(spec.quota), ...Object.keys(status.used)])];
  const parts = names.map((name) => {
    const limit = spec.quota[name];
    return `${name} ${status.used[name] ?? '0'}${limit === undefined ? '' : `/${limit}`}`;
  });
  return parts.join(', ') || '-';
}
