/** All about one project: its live jobs and the queues it may use. */
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText } from '../job-facts.ts';
import type { Look } from '../kinds/kind.ts';
import { queueGrantKind } from '../kinds/queue-grant.ts';
import { entries, section, sheet, tableOf } from './sheet.ts';

export async function describeProject(client: Client, name: string, { now, paint }: Look): Promise<string> {
  const { metadata, spec, status } = await client.call('project.get', { name });
  const grants = await queueGrantKind.list(client, { project: undefined, limit: Number.POSITIVE_INFINITY });
  const own = grants.items.filter((grant) => grant.spec.project === name);
  const counts = Object.entries(status.jobs).filter(([, count]) => count > 0);
  return sheet([
    entries([
      ['Name', metadata.name],
      ['Description', oneLine(spec.description) || '-'],
      ['Labels', labelsText(metadata.labels)],
      ['Default queue', spec.defaultQueue ?? '-'],
      ['Made', `${metadata.creationTimestamp} (${age(metadata.creationTimestamp, now)} ago)`],
    ]),
    section(
      'Live jobs',
      tableOf(
        ['STATE', 'JOBS'],
        counts.map(([state, count]) => [paint.state(state), String(count)]),
      ) || '  none',
    ),
    section(
      'Queues',
      tableOf(
        ['QUEUE', 'MAX PRIORITY'],
        own.map((grant) => [grant.spec.queue, String(grant.spec.maxPriority)]),
      ) || '  none: it may use no queue',
    ),
  ]);
}
