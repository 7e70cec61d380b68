/** All about one flavor: its nodes, and the queues whose jobs may use them. */
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText, resourcesText } from '../job-facts.ts';
import { priceOf } from '../kinds/flavor.ts';
import type { Look } from '../kinds/kind.ts';
import { readPages } from '../pages.ts';
import { entries, section, sheet, tableOf } from './sheet.ts';

export async function describeFlavor(client: Client, name: string, { now }: Look): Promise<string> {
  const { metadata, spec } = await client.call('flavor.get', { name });
  const nodes = await client.call('node.list', {});
  const own = nodes.items.filter(({ labels }) => has(labels, spec.nodeLabels));
  return sheet([
    entries([
      ['Name', metadata.name],
      ['Description', oneLine(spec.description) || '-'],
      ['Node labels', labelsText(spec.nodeLabels)],
      ['Tolerates', spec.tolerations.map(taintText).join(', ') || '-'],
      ['Price', spec.price === undefined ? undefined : `${priceOf(spec.price)} an hour of one node`],
      ['Made', `${metadata.creationTimestamp} (${age(metadata.creationTimestamp, now)} ago)`],
    ]),
    section(
      'Queues',
      tableOf(['QUEUE', 'QUOTA'], await queuesOf(client, name)) || '  none: no queue names it',
    ),
    section(
      'Nodes',
      tableOf(
        ['NODE', 'AGENT', 'ALLOCATABLE'],
        own.map((node) => [node.name, node.agent, resourcesText(node.allocatable)]),
      ) || '  none has these labels',
    ),
  ]);
}

async function queuesOf(client: Client, name: string): Promise<string[][]> {
  const { items } = await readPages((page) => client.call('queue.list', page), Number.POSITIVE_INFINITY);
  return items.flatMap(({ metadata, spec }) =>
    (spec.flavors ?? [])
      .filter(({ flavor }) => flavor === name)
      .map(({ quota }) => [metadata.name, resourcesText(quota)]),
  );
}

function has(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** `dedicated=ml:NoSchedule`; a part that is not given stands for any. */
function taintText({ key = '*', value, effect }: Readonly<Record<string, string>>): string {
  return `${key}${value === undefined ? '' : `=${value}`}${effect === undefined ? '' : `:${effect}`}`;
}
