/** Schedules in lists: when, what next, what became of the last due time. */
import type { ScheduleView } from '../../../contract/schedule.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age, span } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText } from '../job-facts.ts';
import { readPages } from '../pages.ts';
import type { Filter, Kind } from './kind.ts';

export const scheduleKind: Kind<ScheduleView> = {
  name: 'schedule',
  plural: 'schedules',
  aliases: ['sched', 'cron'],
  projected: true,
  narrowings: ['selector'],
  columns: [
    { head: 'PROJECT', cell: ({ metadata }) => metadata.namespace, only: 'project' },
    { head: 'NAME', cell: ({ metadata }) => metadata.name },
    { head: 'CRON', cell: ({ spec }) => spec.cron },
    { head: 'TIME ZONE', cell: ({ spec }) => spec.timeZone },
    { head: 'STATE', cell: ({ status }, { paint }) => paint.state(status.state) },
    { head: 'NEXT', cell: ({ status }, { now }) => until(status.nextRun, now) },
    { head: 'LAST', cell: lastRun },
    { head: 'ACTIVE', cell: ({ status }) => String(status.active.length) },
    { head: 'AGE', cell: ({ metadata }, { now }) => age(metadata.creationTimestamp, now) },
    { head: 'MISSED', cell: ({ spec }) => spec.missed, only: 'wide' },
    { head: 'OVERLAP', cell: ({ spec }) => spec.overlap, only: 'wide' },
    { head: 'OWNER', cell: ({ status }) => oneLine(status.owner), only: 'wide' },
    { head: 'LABELS', cell: ({ metadata }) => labelsText(metadata.labels), only: 'wide' },
    { head: 'MESSAGE', cell: ({ status }) => oneLine(status.message), only: 'wide' },
  ],
  nameOf: ({ metadata }) => metadata.name,
  list: listSchedules,
  get: (client, name, project) => client.call('schedule.get', { project, name }),
  remove: (client, name, project) => client.call('schedule.delete', { project, name }),
};

export function listSchedules(client: Client, { project, selector, limit }: Filter) {
  return readPages((page) => client.call('schedule.list', { project, selector, ...page }), limit);
}

/** `in 5m`; a due time that is being dealt with is due `now`. */
function until(at: string | undefined, now: number): string {
  if (at === undefined) return '-';
  const ms = Date.parse(at) - now;
  return ms < 1000 ? 'now' : `in ${span(ms)}`;
}

/** `submitted 5m ago` */
function lastRun({ status }: ScheduleView, { now }: { readonly now: number }): string {
  const last = status.runs.at(-1);
  return last ? `${last.outcome} ${age(last.at, now)} ago` : '-';
}
