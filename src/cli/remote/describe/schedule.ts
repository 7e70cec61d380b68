/** All about one schedule: when, which job, and what became of its last due times. */
import type { ScheduleView } from '../../../contract/schedule.ts';
import { columns } from '../../output/columns.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age, span } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { labelsText, rolesOf } from '../job-facts.ts';
import type { Look } from '../kinds/kind.ts';
import { describePolicy } from './policy.ts';
import { describeRole } from './role.ts';
import { type Entry, entries, section, sheet, tableOf } from './sheet.ts';
import { describeTaskSpec } from './task.ts';

export async function describeSchedule(
  client: Client,
  address: { project: string; name: string },
  look: Look,
): Promise<string> {
  const schedule = await client.call('schedule.get', address);
  const { spec, status } = schedule;
  return sheet([
    entries([...overview(schedule, look), ...state(schedule, look)]),
    section('Next', nextTable(schedule, look) || '  none'),
    section('Job', jobEntries(spec.job)),
    section('Task', describeTaskSpec(spec.job)),
    section('Roles', rolesOf({ spec: spec.job }).map(describeRole).join('\n')),
    section('Policy', describePolicy(spec.job)),
    section('Active', status.active.map(({ name }) => `  job/${name}`).join('\n')),
    section('Runs', runTable(schedule, look) || '  none yet'),
  ]);
}

function overview({ metadata, spec, status }: ScheduleView, { now }: Look): readonly Entry[] {
  return [
    ['Name', metadata.name],
    ['Project', metadata.namespace],
    ['UID', metadata.uid],
    ['Labels', labelsText(metadata.labels)],
    ['Cron', spec.cron],
    ['Time zone', spec.timeZone],
    ['Missed', spec.missed],
    ['Start deadline', spec.startDeadline],
    ['Overlap', spec.overlap],
    ['Owner', oneLine(status.owner)],
    ['Made', `${metadata.creationTimestamp} (${age(metadata.creationTimestamp, now)} ago)`],
    ['Written', `${status.updatedAt} (${age(status.updatedAt, now)} ago)`],
  ];
}

function state({ status }: ScheduleView, { paint }: Look): readonly Entry[] {
  return [
    ['State', paint.state(status.state)],
    ['Reason', oneLine(status.reason)],
    ['Message', oneLine(status.message)],
  ];
}

/** In UTC, as everything else is, and as the clocks of the place show it. */
function nextTable({ spec, status }: ScheduleView, { now }: Look): string {
  const rows = (status.nextRuns ?? []).map((at) => {
    const ms = Date.parse(at) - now;
    return [at, localTime(at, spec.timeZone), ms < 1000 ? 'now' : `in ${span(ms)}`];
  });
  return rows.length === 0 ? '' : columns(rows, '  ');
}

/** `Sun 2026-03-29 03:00 GMT+2`; the server may know a zone that is not known here. */
function localTime(at: string, timeZone: string): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, ...SHOWN }).formatToParts(new Date(at));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
    const date = `${part('year')}-${part('month')}-${part('day')}`;
    return `${part('weekday')} ${date} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
  } catch {
    return '';
  }
}

const SHOWN = {
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'shortOffset',
} as const;

function jobEntries(job: ScheduleView['spec']['job']): string {
  return entries(
    [
      ['Type', String(job.type)],
      ['Queue', job.queue === undefined ? "the project's own" : String(job.queue)],
      ['Priority', String(job.priority)],
    ],
    '  ',
  );
}

function runTable({ status }: ScheduleView, { now, paint }: Look): string {
  const rows = status.runs.map(({ dueAt, at, outcome, reason, message }) => [
    dueAt,
    age(at, now),
    outcome === 'failed' ? paint.error(outcome) : outcome,
    reason,
    oneLine(message),
  ]);
  return tableOf(['DUE', 'AGE', 'OUTCOME', 'REASON', 'MESSAGE'], rows);
}
