/** All about one queue: where it stands in the tree, who may use it, what it uses of its quota. */
import type { QueueView } from '../../../contract/queue.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText } from '../job-facts.ts';
import type { Look } from '../kinds/kind.ts';
import { queueGrantKind } from '../kinds/queue-grant.ts';
import { readPages } from '../pages.ts';
import { type Entry, entries, section, sheet, tableOf } from './sheet.ts';

export async function describeQueue(client: Client, name: string, { now }: Look): Promise<string> {
  const { metadata, spec, status } = await client.call('queue.get', { name });
  const grants = await queueGrantKind.list(client, { project: undefined, limit: Number.POSITIVE_INFINITY });
  const own = grants.items.filter((grant) => grant.spec.queue === name);
  const all = await readPages((page) => client.call('queue.list', page), Number.POSITIVE_INFINITY);
  const below = all.items.filter((queue) => queue.spec.parent === name).map((queue) => queue.metadata.name);
  const resources = [...new Set([...Object.keys(spec.quota), ...Object.keys(status.used)])];
  const limited = spec.parent !== undefined;
  return sheet([
    entries([
      ['Name', metadata.name],
      ['Description', oneLine(spec.description) || '-'],
      ['Labels', labelsText(metadata.labels)],
      ['State', spec.state],
      ['Parent', spec.parent],
      ['Below it', below.join(', ') || undefined],
      ['Made', `${metadata.creationTimestamp} (${age(metadata.creationTimestamp, now)} ago)`],
      ['Pending', String(status.pending)],
      [
        'Holding',
        `${status.holding}${spec.maxRunning === undefined ? '' : ` of ${spec.maxRunning} at most`}`,
      ],
      ...policyEntries(spec),
    ]),
    section(
      'Quota',
      tableOf(
        ['RESOURCE', 'USED', 'QUOTA', ...(limited ? LIMITS : [])],
        resources.map((resource) => [
          resource,
          status.used[resource] ?? '0',
          spec.quota[resource] ?? 'not limited',
          ...(limited ? limitCells(spec, resource) : []),
        ]),
      ),
    ),
    section('Flavors, in the order in which they are tried', flavorTable(spec)),
    section(
      'Grants',
      tableOf(
        ['PROJECT', 'MAX PRIORITY'],
        own.map((grant) => [grant.spec.project, String(grant.spec.maxPriority)]),
      ) || '  none: no project may use it',
    ),
  ]);
}

type Spec = QueueView['spec'];
type Limits = Pick<Spec, 'quota' | 'borrowing' | 'lending'>;

const LIMITS = ['BORROWS AT MOST', 'LENDS AT MOST'];

function limitCells({ quota, borrowing, lending }: Limits, resource: string): readonly string[] {
  const lends = lending?.[resource] ?? quota[resource];
  return [borrowing?.[resource] ?? 'what others lend', lends ?? '-'];
}

/** What was not given is left out. */
function policyEntries({ weight, ordering, preemption, disruptions }: Spec): readonly Entry[] {
  const { perJob, perHour } = disruptions ?? {};
  return [
    ['Weight', weight === undefined ? undefined : String(weight)],
    ['Ordering', ordering],
    [
      'Preempts',
      preemption && `of its own: ${preemption.withinQueue}; of who borrows: ${preemption.reclaim}`,
    ],
    ['Preempted', perJob === undefined ? undefined : `each job ${perJob} times at most`],
    ['Preempted in an hour', perHour === undefined ? undefined : `${perHour} jobs at most`],
  ];
}

function flavorTable({ flavors = [] }: Spec): string {
  const rows = flavors.flatMap((part) => {
    const names = Object.keys({ ...part.quota, ...part.borrowing });
    if (names.length === 0) return [[part.flavor, '-', 'none of its own', ...limitCells(part, '')]];
    return names.map((name) => [part.flavor, name, part.quota[name] ?? '0', ...limitCells(part, name)]);
  });
  return tableOf(['FLAVOR', 'RESOURCE', 'QUOTA', ...LIMITS], rows);
}
