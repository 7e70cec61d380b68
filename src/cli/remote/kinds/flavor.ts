/** Flavors in lists: kinds of capacity. */
import type { FlavorView } from '../../../contract/queue.ts';
import { UsageError } from '../../errors.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
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
  get: findFlavor,
  remove: (client, name) => client.call('flavor.delete', { name }),
};

/** Thousandths, as a decimal. */
function priceOf(price: number | undefined): string {
  return price === undefined ? '-' : (price / 1000).toFixed(3);
}

/** Throws UsageError when there is none: the API has no way to ask for one. */
async function findFlavor(client: Client, name: string): Promise<FlavorView> {
  const { items } = await flavorKind.list(client, { project: undefined, limit: Number.POSITIVE_INFINITY });
  const found = items.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  throw new UsageError(`there is no flavor ${name}`, '`capstan get flavors` lists them.');
}
