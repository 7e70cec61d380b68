/** Flavors in lists: kinds of capacity. */
import type { FlavorView } from '../../../contract/queue.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import { labelsText } from '../job-facts.ts';
import { readPages } from '../pages.ts';
import type { Kind } from './kind.ts';

export const flavorKind: Kind<FlavorView> = {
  name: 'flavor',
  plural: 'flavors',
  aliases: ['fl'],
  projected: false,
  narrowings: [],
  columns: [
    { head: 'NAME', cell: (flavor) => flavor.metadata.name },
    { head: 'NODE LABELS', cell: (flavor) => labelsText(flavor.spec.nodeLabels) },
    { head: 'PRICE', cell: (flavor) => priceOf(flavor.spec.price) },
    { head: 'AGE', cell: (flavor, { now }) => age(flavor.metadata.creationTimestamp, now) },
    { head: 'DESCRIPTION', cell: (flavor) => oneLine(flavor.spec.description), only: 'wide' },
  ],
  nameOf: (flavor) => flavor.metadata.name,
  list: (client, { limit }) => readPages((page) => client.call('flavor.list', page), limit),
  get: (client, name) => client.call('flavor.get', { name }),
  remove: (client, name) => client.call('flavor.delete', { name }),
};

/** Thousandths, as a decimal. */
export function priceOf(price: number | undefined): string {
  return price === undefined ? '-' : (price / 1000).toFixed(3);
}
