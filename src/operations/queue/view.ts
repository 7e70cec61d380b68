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
      maxRunning: queue.maxRunning,
      state: queue.state,
    },
    status: { pending: use.pending, holding: use.holding, used: formatQuantities(use.used) },
  };
}
