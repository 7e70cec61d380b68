/** Schedules on the wire: a job that is submitted again and again, at the times of a cron expression. */
import { z } from 'zod';
import { LONGEST_NAME } from '../core/schedule/job-of-run.ts';
import { MISSED, OVERLAP, type ScheduleSpec } from '../core/schedule/schedule.ts';
import { IdempotencyKey } from './job.ts';
import { JobSpecInput } from './job-spec.ts';
import { API_VERSION, Cursor, LabelSelector, Limit, listOf } from './meta.ts';
import { Labels, Name, PositiveDuration } from './scalars.ts';

const CRON_TEXT =
  'five fields (minute, hour, day of month, month, day of week) such as 30 2 * * 1-5, or @hourly, @daily, @weekly, @monthly, @yearly';
/** `*`, a number or a name, a range, a step; lists of them. What the numbers may be is the calendar's to say. */
const PART = String.raw`(?:\*|\d{1,2}|[A-Za-z]{3})(?:-(?:\d{1,2}|[A-Za-z]{3}))?(?:\/\d{1,2})?`;
const FIELD = `${PART}(?:,${PART})*`;
const CRON = new RegExp(
  `^(?:${FIELD}(?: ${FIELD}){4}|@(?:hourly|daily|midnight|weekly|monthly|yearly|annually))$`,
);

/** On the wire with any space between the fields; one blank inside. */
export const CronExpression = z
  .string(CRON_TEXT)
  .max(256, CRON_TEXT)
  .transform((text) => text.trim().replace(/\s+/g, ' '))
  .refine((text) => CRON.test(text), CRON_TEXT);

const ZONE_TEXT = 'a time zone by its IANA name, such as Europe/Berlin or UTC';

export const TimeZone = z.string(ZONE_TEXT).max(64, ZONE_TEXT).refine(isTimeZone, ZONE_TEXT);

/** An offset such as `+01:00` is none: it knows no summer. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Of the job, bytes of JSON: a page of schedules is read whole. A task's larger data lies elsewhere. */
export const LARGEST_TEMPLATE = 256 * 1024;

/** A shorter one would be missed while a lease moves. */
const SHORTEST_START_DEADLINE = 10_000;

const StartDeadline = PositiveDuration.refine((ms) => ms >= SHORTEST_START_DEADLINE, 'at least 10s');

export const ScheduleName = Name.max(LONGEST_NAME, `at most ${LONGEST_NAME} characters`);

export const ScheduleSpecInput = z
  .strictObject({
    cron: CronExpression.describe('When: five fields, or @hourly, @daily, @weekly, @monthly, @yearly'),
    timeZone: TimeZone.default('UTC').describe('Whose clocks are meant, by IANA name'),
    missed: z
      .enum(MISSED)
      .default('runOnce')
      .describe('What of due times that passed while no server looked: none, the last, up to 100'),
    startDeadline: StartDeadline.optional().describe('How late a job may still be submitted'),
    overlap: z
      .enum(OVERLAP)
      .default('allow')
      .describe('While a job of it is live: submit, leave the due time out, or cancel that job'),
    suspended: z.boolean().default(false).describe('Nothing is due'),
    job: JobSpecInput.describe('What to submit: the spec of a job'),
  })
  .superRefine(checkTogether)
  .transform(toSpec)
  .meta({ id: 'ScheduleSpec', description: 'Which job to submit when: the spec of a Schedule' });

interface Together {
  readonly missed: ScheduleSpec['missed'];
  readonly overlap: ScheduleSpec['overlap'];
  readonly job: Pick<ScheduleSpec['job'], 'startAfter'>;
}

function checkTogether({ missed, overlap, job }: Together, context: z.RefinementCtx): void {
  if (missed === 'runAll' && overlap !== 'allow') {
    const message = 'allow: runAll submits several at once';
    context.addIssue({ code: 'custom', path: ['overlap'], message });
  }
  if (job.startAfter !== undefined) {
    const message = 'nothing: the schedule says when';
    context.addIssue({ code: 'custom', path: ['job', 'startAfter'], message });
  }
}

function toSpec({
  startDeadline,
  ...spec
}: Omit<ScheduleSpec, 'startDeadlineMs'> & { startDeadline?: number | undefined }): ScheduleSpec {
  return { ...spec, startDeadlineMs: startDeadline };
}

export const ScheduleAddress = z.strictObject({ project: Name, name: Name });

export const PutSchedule = z.strictObject({
  project: Name,
  name: ScheduleName,
  labels: Labels.default({}).describe('Its jobs have them as well'),
  spec: ScheduleSpecInput,
  resourceVersion: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('Refuse when it has changed since; 0: refuse when there is one'),
  dryRun: z
    .boolean()
    .default(false)
    .describe('Check everything, store nothing; the answer has the next due times'),
});

export const ListSchedules = z.strictObject({
  project: Name.optional().describe('Only of this project'),
  selector: LabelSelector.optional().describe('Label selector, as kubectl spells it'),
  cursor: Cursor.optional(),
  limit: Limit,
});

export const TriggerSchedule = ScheduleAddress.extend({
  idempotencyKey: IdempotencyKey.optional().describe(
    'Also as header Idempotency-Key: a repeated request submits no second job',
  ),
});

const RunJob = z.object({ name: z.string(), uid: z.string() });

const RunView = z.object({
  dueAt: z.string().describe('When it was due; when it was asked for, of one that was triggered'),
  until: z.string().optional().describe('The last of several that were left out together'),
  count: z.int().optional().describe('How many, where more than one'),
  at: z.string().describe('When it was decided'),
  outcome: z.enum(['submitted', 'skipped', 'failed']),
  reason: z.string(),
  message: z.string(),
  job: RunJob.optional(),
});

export const ScheduleView = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Schedule'),
    metadata: z.object({
      name: z.string(),
      namespace: z.string(),
      uid: z.string(),
      labels: z.record(z.string(), z.string()),
      resourceVersion: z.string(),
      creationTimestamp: z.string(),
    }),
    spec: z.object({
      cron: z.string(),
      timeZone: z.string(),
      missed: z.enum(MISSED),
      startDeadline: z.string().optional(),
      overlap: z.enum(OVERLAP),
      suspended: z.boolean(),
      job: z.record(z.string(), z.unknown()).describe('As written, every default filled in'),
    }),
    status: z.object({
      state: z.enum(['active', 'suspended', 'failing']),
      reason: z.string(),
      message: z.string(),
      owner: z.string().describe('Who wrote it last: on whose behalf its jobs are submitted'),
      updatedAt: z.string(),
      nextRun: z.string().optional(),
      nextRuns: z.array(z.string()).optional().describe('The next five; of one that is asked for by name'),
      active: z.array(RunJob).describe('Its jobs that have not ended'),
      runs: z.array(RunView).describe('The last 20, oldest first'),
    }),
  })
  .meta({ id: 'Schedule', description: 'A job that is submitted at the times of a cron expression' });

export const ScheduleList = listOf(ScheduleView).meta({ id: 'ScheduleList' });

export const Triggered = z
  .object({
    project: z.string(),
    schedule: z.string(),
    job: z.string().describe('Its name'),
    uid: z.string(),
    repeated: z.boolean().describe('True when this request was known already'),
  })
  .meta({ id: 'TriggeredSchedule' });

export type ScheduleView = z.output<typeof ScheduleView>;
