/** What is followed: job events and logs. Each item has an id that resumes after it (`Last-Event-ID`). */
import { z } from 'zod';
import { JobView } from './job.ts';
import { Cursor, Flag, Limit, listOf } from './meta.ts';
import { JobRef, Name } from './scalars.ts';

export const EventView = z
  .object({
    id: z.string().describe('Cursor: following after it continues with the next event'),
    at: z.string(),
    type: z.enum(['normal', 'warning']),
    reason: z.string(),
    message: z.string(),
    project: z.string(),
    job: z.string(),
    uid: z.string(),
    state: z.string().describe('The state that the job was in after the event'),
  })
  .meta({ id: 'Event' });

export type EventView = z.output<typeof EventView>;

export const EventList = listOf(EventView).meta({ id: 'EventList' });

const eventFilter = {
  project: Name.optional(),
  job: JobRef.optional().describe('Name (with project) or uid of one job'),
};

export const ListEvents = z.strictObject({ ...eventFilter, cursor: Cursor.optional(), limit: Limit });

export const FollowEvents = z.strictObject({
  ...eventFilter,
  after: Cursor.optional().describe(
    'Continue after this event id; absent: from now on; "start": from the first kept',
  ),
});

export const WatchJobs = z.strictObject({
  project: Name.optional(),
  job: JobRef.optional().describe('Name (with project) or uid of one job: its present state comes first'),
  after: Cursor.optional().describe('Continue after this id'),
});

export const WatchedJob = z
  .object({
    id: z.string().describe('Cursor: watching after it continues with the next change'),
    job: JobView,
  })
  .meta({ id: 'WatchedJob' });

/** Holds an offset for each member, so it may be long. */
const LogCursor = z
  .string()
  .max(65_536)
  .regex(/^[a-z0-9._-]+$/, 'a line id as an earlier answer gave it');

export const ReadLogs = z.strictObject({
  project: Name,
  job: JobRef,
  attempt: z.coerce.number().int().min(1).optional().describe('Default: the latest that has started'),
  role: Name.optional(),
  member: z.coerce.number().int().min(0).optional().describe('Index within its role'),
  follow: Flag.default(false).describe('Go on until the attempt has ended'),
  tail: z.coerce.number().int().min(0).max(100_000).optional().describe('Only the last lines of each member'),
  after: LogCursor.optional().describe('Continue after this line id'),
});

export const LogLine = z
  .object({
    id: z.string().describe('Cursor: reading after it continues with the next line'),
    attempt: z.int(),
    role: z.string(),
    member: z.int(),
    at: z.string(),
    stream: z
      .enum(['stdout', 'stderr', 'capstan'])
      .describe('capstan: said by us, such as what a cap dropped'),
    text: z.string().describe('Bytes that are no UTF-8 are replaced'),
    partial: z.boolean().describe('True when the line goes on in the next item'),
  })
  .meta({ id: 'LogLine' });

export type LogLine = z.output<typeof LogLine>;

export const ReadOutput = z.strictObject({
  project: Name,
  job: JobRef,
  name: Name,
  attempt: z.coerce.number().int().min(1).optional(),
});
