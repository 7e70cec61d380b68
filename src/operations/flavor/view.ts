/** A flavor as the API shows it. */
import { API_VERSION } from '../../contract/meta.ts';
import type { FlavorView } from '../../contract/queue.ts';
import { formatTime } from '../../contract/scalars.ts';
import type { Flavor } from '../../core/scheduling/queue.ts';
import type { Kept } from '../../ports/queue-store.ts';

export function viewFlavor(flavor: Kept<Flavor>): FlavorView {
  const { name, description = '', nodeLabels, tolerations = [], price, createdAt } = flavor;
  return {
    apiVersion: API_VERSION,
    kind: 'Flavor',
    metadata: { name, creationTimestamp: formatTime(createdAt) },
    spec: {
      description,
      nodeLabels: { ...nodeLabels },
      tolerations: tolerations.map((toleration) => ({ ...toleration }) as Record<string, string>),
      price,
    },
  };
}
