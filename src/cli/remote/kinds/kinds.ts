/** Every kind that `get` knows, and how people call it. */
import { UsageError } from '../../errors.ts';
import { eventKind } from './event.ts';
import { flavorKind } from './flavor.ts';
import { jobKind } from './job.ts';
import type { Kind } from './kind.ts';
import { nodeKind } from './node.ts';
import { projectKind } from './project.ts';
import { queueKind } from './queue.ts';
import { queueGrantKind } from './queue-grant.ts';
import { scheduleKind } from './schedule.ts';
import { workerKind } from './worker.ts';

export const KINDS: readonly Kind<unknown>[] = [
  jobKind,
  queueKind,
  flavorKind,
  projectKind,
  queueGrantKind,
  scheduleKind,
  eventKind,
  nodeKind,
  workerKind,
];

/** By name, plural or alias. Throws UsageError with the nearest name. */
export async function kindCalled(word: string): Promise<Kind<unknown>> {
  const lower = word.toLowerCase();
  const found = KINDS.find(({ name, plural, aliases }) => [name, plural, ...aliases].includes(lower));
  if (found) return found;
  const names = KINDS.map(({ plural }) => plural);
  const { nearest } = await import('../../../contract/problems.ts');
  const hint = nearest(lower, names) ?? `Known: ${names.join(', ')}.`;
  throw new UsageError(`there is no kind of object called ${JSON.stringify(word)}`, hint);
}

export interface Reference {
  readonly kind: Kind<unknown>;
  readonly name: string;
}

/** `job/NAME`; a word without a slash is of the kind given. */
export async function referenceTo(text: string, plain: Kind<unknown>): Promise<Reference> {
  const slash = text.indexOf('/');
  if (slash < 0) return { kind: plain, name: text };
  const name = text.slice(slash + 1);
  if (name === '') throw new UsageError(`${JSON.stringify(text)} names nothing`, 'Write it as KIND/NAME.');
  return { kind: await kindCalled(text.slice(0, slash)), name };
}

/** A job by its name, `job/NAME`, or uid. Throws UsageError when it is of another kind. */
export async function jobCalled(text: string): Promise<string> {
  const { kind, name } = await referenceTo(text, jobKind);
  if (kind.name === jobKind.name) return name;
  throw new UsageError(`${text} is no job`, 'This verb is for jobs.');
}

/** A schedule by its name or `schedule/NAME`. Throws UsageError when it is of another kind. */
export async function scheduleCalled(text: string): Promise<string> {
  const { kind, name } = await referenceTo(text, scheduleKind);
  if (kind.name === scheduleKind.name) return name;
  throw new UsageError(`${text} is no schedule`, 'This verb is for schedules.');
}
