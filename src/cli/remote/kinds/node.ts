/** Machines in lists, as their agents last told. */
import type { z } from 'zod';
import type { NodeView } from '../../../contract/system.ts';
import { UsageError } from '../../errors.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText, resourcesText } from '../job-facts.ts';
import type { Kind } from './kind.ts';

type Node = z.output<typeof NodeView>;

export const nodeKind: Kind<Node> = {
  name: 'node',
  plural: 'nodes',
  aliases: ['no'],
  projected: false,
  narrowings: [],
  columns: [
    { head: 'NAME', cell: (node) => node.name },
    { head: 'AGENT', cell: (node) => node.agent },
    { head: 'CONNECTED', cell: (node) => (node.connected ? 'yes' : 'no') },
    { head: 'HEARD', cell: (node, { now }) => age(node.lastHeard, now) },
    { head: 'ALLOCATABLE', cell: (node) => resourcesText(node.allocatable) },
    { head: 'TAINTS', cell: (node) => taintsText(node), only: 'wide' },
    { head: 'LABELS', cell: (node) => labelsText(node.labels), only: 'wide' },
  ],
  nameOf: (node) => node.name,
  async list(client, { limit }) {
    const { items } = await client.call('node.list', {});
    return { items: items.slice(0, limit), more: items.length > limit };
  },
  get: findNode,
};

/** `cordoned, gpu=true:NoSchedule` */
function taintsText({ taints = [], unschedulable }: Node): string {
  const all = taints.map(
    ({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`,
  );
  return [...(unschedulable ? ['cordoned'] : []), ...all].join(', ') || '-';
}

async function findNode(client: Client, name: string): Promise<Node> {
  const { items } = await client.call('node.list', {});
  const found = items.find((node) => node.name === name);
  if (found) return found;
  throw new UsageError(`there is no node ${name}`, '`capstan get nodes` lists them.');
}
