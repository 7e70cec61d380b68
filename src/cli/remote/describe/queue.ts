/** All about one queue: who may use it, what it uses of its quota. */
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText } from '../job-facts.ts';
import type { Look } from '../kinds/kind.ts';
import { queueGrantKind } from '../kinds/queue-grant.ts';
import { entries, section, sheet, tableOf } from './sheet.ts';

export async function describeQueue(client: Client, name: string, { now }: Look): Promise<string> {
  const { metadata, spec, status } = await client.call('queue.get', { name });
  const grants = await queueGrantKind.list(client, { project: undefined, limit: Number.POSITIVE_INFINITY });
  const own = grants.items.filter((grant) => grant.spec.queue === name);
  const resources = [...new Set([...Object.keys(spec.quota), ...Object.keys(status.used)])];
  return sheet([
    entries([
      ['Name', metadata.name],
      ['Description', oneLine(spec.description) || '-'],
      ['Labels', labelsText(metadata.labels)],
      ['State', spec.state],
      ['Made', `${metadata.creationTimestamp} (${age(metadata.creationTimestamp, now)} ago)`],
      ['Pending', String(status.pending)],
      [
        'Holding',
        `${status.holding}${spec.maxRunning === undefined ? '' : ` of ${spec.maxRunning} at most`}`,
      ],
    ]),
    section(
      'Quota',
      tableOf(
        ['RESOURCE', 'USED', 'QUOTA'],
        resources.map((resource) => [
          resource,
          status.used[resource] ?? '0',
          spec.quota[resource] ?? 'not limited',
        ]),
      ),
    ),
    section(
      'Grants',
      tableOf(
        ['PROJECT', 'MAX PRIORITY'],
        own.map((grant) => [grant.spec.project, String(grant.spec.maxPriority)]),
      ) || '  none: no project may use it',
    ),
  ]);
}
