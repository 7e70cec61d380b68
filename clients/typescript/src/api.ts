/** The shapes of the API under names of their own; all of them come from the OpenAPI document. */
import type { components, operations } from './api.gen.ts';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type SubmittedJob = Schemas['SubmittedJob'];
export type JobSpec = Schemas['JobSpec'];
export type TaskSpec = Schemas['Task'];
export type BatchAnswer = Schemas['BatchAnswer'];
export type Outcome = Schemas['EndedJob'];
export type WaitAnswer = Schemas['WaitAnswer'];
export type JobList = Schemas['JobList'];
export type Event = Schemas['Event'];
export type EventList = Schemas['EventList'];
export type LogLine = Schemas['LogLine'];
export type TaskError = Schemas['TaskError'];
export type ErrorBody = Schemas['Error']['error'];
export type ErrorDetail = ErrorBody['details'][number];
export type ListFilters = Omit<NonNullable<operations['job.list']['parameters']['query']>, 'cursor'>;
export type State = Job['status']['state'];
