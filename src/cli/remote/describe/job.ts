/** All about one job. */
import type { JobView } from '../../../contract/job.ts';
import type { EventView } from '../../../contract/stream.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText, rolesOf } from '../job-facts.ts';
import { listEvents } from '../kinds/event.ts';
import type { Look } from '../kinds/kind.ts';
import { describeAttempts } from './attempts.ts';
import { describePolicy } from './policy.ts';
import { describeRole } from './role.ts';
import { type Entry, entries, section, sheet, tableOf } from './sheet.ts';
import { describeTask } from './task.ts';

const LAST_EVENTS = 20;

export async function describeJob(
  client: Client,
  address: { project: string; job: string },
  look: Look,
): Promise<string> {
  const job = await client.call('job.get', address);
  const { namespace: project, uid } = job.metadata;
  const { items } = await listEvents(client, { project, job: uid }, LAST_EVENTS);
  return sheet([
    entries([...overview(job, look), ...state(job, look)]),
    section('Task', describeTask(job)),
    section('Roles', rolesOf(job).map(describeRole).join('\n')),
    section('Policy', describePolicy(job.spec)),
    describeAttempts(job, look),
    section('Events', eventTable(items, look) || '  none kept'),
  ]);
}

function overview({ metadata, spec, status }: JobView, { now }: Look): readonly Entry[] {
  return [
    ['Name', metadata.name],
    ['Project', metadata.namespace],
    ['UID', metadata.uid],
    ['Labels', labelsText(metadata.labels)],
    ['Type', String(spec.type)],
    ['Queue', String(spec.queue)],
    ['Priority', String(spec.priority)],
    [
      'Submitted',
      `${metadata.creationTimestamp} by ${oneLine(status.submittedBy)} (${age(metadata.creationTimestamp, now)} ago)`,
    ],
  ];
}

function state({ status }: JobView, { now, paint }: Look): readonly Entry[] {
  const to = status.stoppingTo === undefined ? '' : ` (then ${status.stoppingTo})`;
  const { failed, lost, preempted } = status.charges;
  return [
    ['State', paint.state(status.state) + to],
    ['Reason', oneLine(status.reason)],
    ['Message', oneLine(status.message) || '-'],
    ['Since', `${status.since} (${age(status.since, now)})`],
    ['Retry at', status.retryAt],
    ['Ended', status.endedAt],
    ['Charges', `${failed} failed, ${lost} lost, ${preempted} preempted`],
  ];
}

function eventTable(events: readonly EventView[], { now, paint }: Look): string {
  const rows = events.map(({ at, type, reason, message }) => [
    age(at, now),
    type === 'warning' ? paint.error(type) : type,
    oneLine(reason),
    oneLine(message),
  ]);
  return tableOf(['AGE', 'TYPE', 'REASON', 'MESSAGE'], rows);
}
