/** What a program that talks to Capstan may import: the shapes of the API. */
export type { ErrorBody, Problem } from './error.ts';
export type { JobView } from './job.ts';
export { JobSpecInput, type JobSpecWire } from './job-spec.ts';
export { API_VERSION } from './meta.ts';
export type { FlavorView, ProjectView, QueueGrantView, QueueView } from './queue.ts';
export type { EventView, LogLine } from './stream.ts';
