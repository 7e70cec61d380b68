/** How a flavor is read. */
import type { QueryResultRow } from 'pg';
import type { Toleration } from '../../../core/job/spec.ts';
import type { Flavor } from '../../../core/scheduling/queue.ts';
import type { Kept } from '../../../ports/queue-store.ts';

export const FLAVOR_COLUMNS = 'name, description, node_labels, tolerations, price, created_at';

export interface FlavorRow extends QueryResultRow {
  readonly name: string;
  readonly description: string;
  readonly node_labels: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly price: number | null;
  readonly created_at: number;
}

export function toFlavor(row: FlavorRow): Kept<Flavor> {
  return {
    name: row.name,
    description: row.description,
    nodeLabels: row.node_labels,
    tolerations: row.tolerations,
    ...(row.price === null ? {} : { price: row.price }),
    createdAt: row.created_at,
  };
}
