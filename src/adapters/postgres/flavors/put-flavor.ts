/** Makes a flavor or changes it, and wakes the scheduler: other nodes may be of it now. */
import type { Flavor } from '../../../core/scheduling/queue.ts';
import { WAKE_SCHEDULER } from '../channels.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { FLAVOR_COLUMNS, type FlavorRow, toFlavor } from './flavor-row.ts';

export const putFlavor = statement({
  name: 'flavor_put',
  text: `
    WITH put AS (
      INSERT INTO flavor (name, description, node_labels, tolerations, price, created_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description, node_labels = EXCLUDED.node_labels,
        tolerations = EXCLUDED.tolerations, price = EXCLUDED.price
      RETURNING ${FLAVOR_COLUMNS})
    SELECT ${FLAVOR_COLUMNS}, ${WAKE_SCHEDULER} FROM put`,
  values: ({ flavor, now }: { flavor: Flavor; now: number }) => [
    flavor.name,
    cleanText(flavor.description ?? ''),
    jsonText(flavor.nodeLabels),
    jsonText(flavor.tolerations ?? []),
    flavor.price ?? null,
    now,
  ],
  row: (row: FlavorRow) => toFlavor(row),
});
