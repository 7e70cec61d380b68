/** A queue grant as the API shows it; its name is made of its two ends. */
import { API_VERSION } from '../../contract/meta.ts';
import type { QueueGrantView } from '../../contract/queue.ts';
import { formatTime } from '../../contract/scalars.ts';
import type { QueueGrant } from '../../core/scheduling/queue.ts';
import type { Kept } from '../../ports/queue-store.ts';

export function viewGrant({ project, queue, maxPriority, createdAt }: Kept<QueueGrant>): QueueGrantView {
  return {
    apiVersion: API_VERSION,
    kind: 'QueueGrant',
    metadata: { name: `${project}:${queue}`, creationTimestamp: formatTime(createdAt) },
    spec: { project, queue, maxPriority },
  };
}
