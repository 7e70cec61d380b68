/** A queue as the API shows it: what it may use, what it uses. */
import { API_VERSION } from '../../contract/meta.ts';
import type { QueueView } from '../../contract/queue.ts';
import { formatQuantities, formatTime } from '../../contract/scalars.ts';
import type { Queue } from '../../core/scheduling/queue.ts';
import type { Kept, QueueUse } from '../../ports/queue-store.ts';

const UNUSED: QueueUse = { pending: 0, holding: 0, used: {} };

export function viewQueue(queue: Kept<Queue>, use: QueueUse = UNUSED): QueueView {
  return {
    apiVersion: API_VERSION,
    kind: 'Queue',
    metadata: {
      name: queue.name,
      labels: { ...queue.labels },
      creationTimestamp: formatTime(queue.createdAt),
    },
    spec: {
      description: queue.description,
      quota: formatQuantities(queue.quota),
      ...policy(queue),
      maxRunning: queue.maxRunning,
      state: queue.state,
    },
    status: { pending: use.pending, holding: use.holding, used: formatQuantities(use.used) },
  };
}

/** What is not given is not shown: the defaults are the schema's to tell. */
function policy(queue: Queue): Partial<QueueView['spec']> {
  const { parent, weight, ordering, preemption, disruptions, flavors } = queue;
  return {
    parent,
    ...limits(queue),
    flavors: flavors?.map((part) => ({
      flavor: part.flavor,
      quota: formatQuantities(part.quota),
      ...limits(part),
    })),
    weight,
    ordering,
    preemption,
    disruptions,
  };
}

function limits({ borrowing, lending }: Pick<Queue, 'borrowing' | 'lending'>) {
  return {
    borrowing: borrowing && formatQuantities(borrowing),
    lending: lending && formatQuantities(lending),
  };
}
