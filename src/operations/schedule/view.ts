/** A schedule as the API shows it. */
import { specToWire } from '../../contract/job-spec-wire.ts';
import { API_VERSION } from '../../contract/meta.ts';
import { formatDuration, formatTime } from '../../contract/scalars.ts';
import type { ScheduleView } from '../../contract/schedule.ts';
import { conditionOf, type Run, type RunJob, type Schedule } from '../../core/schedule/schedule.ts';
import type { Ports } from '../../ports/index.ts';

/** Due times that are shown of one schedule. */
const NEXT_RUNS = 5;

/** With its next due times. */
export async function viewSchedule(ports: Ports, schedule: Schedule): Promise<ScheduleView> {
  const view = viewOf(schedule, await ports.schedules.live(schedule.live));
  return { ...view, status: { ...view.status, nextRuns: nextRuns(ports, schedule).map(formatTime) } };
}

export async function viewSchedules(ports: Ports, schedules: readonly Schedule[]): Promise<ScheduleView[]> {
  const live = await ports.schedules.live(schedules.flatMap((schedule) => schedule.live));
  const uids = new Set(live.map(({ uid }) => uid));
  return schedules.map((schedule) =>
    viewOf(
      schedule,
      schedule.live.filter(({ uid }) => uids.has(uid)),
    ),
  );
}

function nextRuns({ calendar }: Ports, { spec, nextAt }: Schedule): number[] {
  const times: number[] = [];
  let next = nextAt;
  while (next !== undefined && times.length < NEXT_RUNS) {
    times.push(next);
    next = calendar.next(spec, next);
  }
  return times;
}

function viewOf(schedule: Schedule, live: readonly RunJob[]): ScheduleView {
  const { cron, timeZone, missed, startDeadlineMs, overlap, suspended, job } = schedule.spec;
  const deadline = startDeadlineMs === undefined ? {} : { startDeadline: formatDuration(startDeadlineMs) };
  return {
    apiVersion: API_VERSION,
    kind: 'Schedule',
    metadata: {
      name: schedule.name,
      namespace: schedule.project,
      uid: schedule.uid,
      labels: { ...schedule.labels },
      resourceVersion: String(schedule.version),
      creationTimestamp: formatTime(schedule.createdAt),
    },
    spec: { cron, timeZone, missed, ...deadline, overlap, suspended, job: specToWire(job) },
    status: {
      ...conditionOf(schedule),
      owner: schedule.owner.id,
      updatedAt: formatTime(schedule.updatedAt),
      ...(schedule.nextAt === undefined ? {} : { nextRun: formatTime(schedule.nextAt) }),
      active: live.map(({ name, uid }) => ({ name, uid })),
      runs: schedule.runs.map(viewRun),
    },
  };
}

function viewRun({ dueAt, until, count, at, outcome, reason, message, job }: Run) {
  return {
    dueAt: formatTime(dueAt),
    ...(until === undefined ? {} : { until: formatTime(until) }),
    ...(count === undefined ? {} : { count }),
    at: formatTime(at),
    outcome,
    reason,
    message,
    ...(job ? { job: { ...job } } : {}),
  };
}
