/** Objects as the API shows them. */
import type { JobView } from '../../contract/job.ts';
import type { ScheduleView } from '../../contract/schedule.ts';
import type { EventView, LogLine } from '../../contract/stream.ts';
import { NOON } from './run.ts';

const API = 'capstan.dev/v1alpha1' as const;

/** An ISO time so many seconds before noon. */
export function ago(seconds: number): string {
  return new Date(NOON - seconds * 1000).toISOString();
}

type State = JobView['status']['state'];

export function jobView(name = 'digits', status: Partial<JobView['status']> = {}): JobView {
  const state: State = status.state ?? 'running';
  return {
    apiVersion: API,
    kind: 'AIJob',
    metadata: {
      name,
      namespace: 'vision',
      uid: `00000000-0000-7000-8000-${name.padEnd(12, '0').slice(0, 12)}`,
      labels: { team: 'ocr' },
      resourceVersion: '3',
      creationTimestamp: ago(3600),
    },
    spec: {
      type: 'training',
      queue: 'research',
      priority: 80,
      roles: [
        {
          name: 'worker',
          members: 2,
          command: ['node', 'train.mjs'],
          env: { TOKEN: 'hunter2' },
          resources: { cpu: '250m', memory: '256Mi' },
        },
      ],
      retry: { limit: 3 },
      checkpoint: { grace: '30s' },
      timeout: '30m',
    },
    status: {
      state,
      reason: 'Started',
      message: 'all 2 members run',
      since: ago(60),
      attempt: 1,
      submittedBy: 'ada',
      updatedAt: ago(60),
      charges: { failed: 0, lost: 0, preempted: 0 },
      attempts: [],
      ...status,
    },
  };
}

export function endedView(name: string, state: 'succeeded' | 'failed' | 'cancelled'): JobView {
  const reason = state === 'failed' ? 'ExitCode' : 'Completed';
  const message = state === 'failed' ? 'worker-1 ended with code 3' : 'done';
  const view = jobView(name, { state, reason, message, endedAt: ago(0) });
  return { ...view, metadata: { ...view.metadata, resourceVersion: '9' } };
}

export function eventView(id: string, over: Partial<EventView> = {}): EventView {
  return {
    id,
    at: ago(30),
    type: 'normal',
    reason: 'Started',
    message: 'it runs',
    project: 'vision',
    job: 'digits',
    uid: 'u',
    state: 'running',
    ...over,
  };
}

export function logLine(id: string, text: string, over: Partial<LogLine> = {}): LogLine {
  return {
    id,
    attempt: 1,
    role: 'worker',
    member: 0,
    at: ago(10),
    stream: 'stdout',
    text,
    partial: false,
    ...over,
  };
}

export function queueView(name: string) {
  return {
    apiVersion: API,
    kind: 'Queue',
    metadata: { name, labels: {}, creationTimestamp: ago(86_400) },
    spec: { description: 'for all', quota: { cpu: '16' }, maxRunning: 8, state: 'open' },
    status: { pending: 2, holding: 1, used: { cpu: '4' } },
  };
}

export function flavorView(name: string) {
  return {
    apiVersion: API,
    kind: 'Flavor',
    metadata: { name, creationTimestamp: ago(86_400) },
    spec: {
      description: 'the small ones',
      nodeLabels: { gpu: name },
      tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
      price: 1250,
    },
  };
}

export function grantView(project: string, queue: string) {
  return {
    apiVersion: API,
    kind: 'QueueGrant',
    metadata: { name: `${project}:${queue}`, creationTimestamp: ago(60) },
    spec: { project, queue, maxPriority: 80 },
  };
}

export function scheduleView(name: string, status: Partial<ScheduleView['status']> = {}): ScheduleView {
  return {
    apiVersion: API,
    kind: 'Schedule',
    metadata: {
      name,
      namespace: 'vision',
      uid: 'u',
      labels: {},
      resourceVersion: '3',
      creationTimestamp: ago(86_400),
    },
    spec: {
      cron: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      missed: 'runOnce',
      overlap: 'forbid',
      suspended: false,
      job: {
        type: 'batch',
        priority: 50,
        roles: [{ name: 'worker', command: ['node', 'a.mjs'], env: { TOKEN: 'hunter2' } }],
      },
    },
    status: {
      state: 'active',
      reason: 'Scheduled',
      message: 'next due at noon',
      owner: 'key/ci',
      updatedAt: ago(3600),
      nextRun: ago(-300),
      nextRuns: [ago(-300), ago(-86_700)],
      active: [{ name: `${name}-1`, uid: 'u1' }],
      runs: [
        {
          dueAt: ago(120),
          at: ago(119),
          outcome: 'submitted',
          reason: 'Due',
          message: `job ${name}-1 was submitted`,
        },
      ],
      ...status,
    },
  };
}
