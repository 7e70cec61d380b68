/** Applies one object, and says whether it was made, changed or there already. */
import { isDeepStrictEqual } from 'node:util';
import type { ObjectKind, Written } from '../files/objects.ts';
import { OBJECTS } from '../files/objects.ts';
import type { ReadObject } from '../files/read-objects.ts';
import { type ProjectChoice, projectOf, submissionOf } from '../files/submission.ts';
import type { Client } from './client.ts';
import { ApiError } from './client-errors.ts';
import { queueGrantKind } from './kinds/queue-grant.ts';

export interface Applied {
  /** `queue/research` */
  readonly reference: string;
  readonly done: string;
}

/** In the order in which they are applied: what is referred to comes first. */
export const APPLIED_KINDS = Object.keys(OBJECTS) as ObjectKind[];

/** Throws ApiError or Unreachable. */
export async function applyObject(
  client: Client,
  object: ReadObject,
  choice: ProjectChoice,
): Promise<Applied> {
  switch (object.kind) {
    case 'Project':
      return applyProject(client, object.value);
    case 'Flavor':
      return applyFlavor(client, object.value);
    case 'Queue':
      return applyQueue(client, object.value);
    case 'QueueGrant':
      return applyGrant(client, object.value);
    case 'Schedule':
      return applySchedule(client, object.value, choice);
    case 'AIJob': {
      const { metadata, repeated } = await client.call('job.submit', submissionOf(object.value, choice));
      return { reference: `job/${metadata.name}`, done: repeated ? 'unchanged' : 'submitted' };
    }
  }
}

async function applyProject(client: Client, { metadata, spec }: Written<'Project'>): Promise<Applied> {
  const { name, labels } = metadata;
  const before = await present(client.call('project.get', { name }));
  const after = await client.call('project.put', { name, ...given({ labels }), ...spec });
  return { reference: `project/${name}`, done: difference(before, after) };
}

async function applyFlavor(client: Client, { metadata, spec }: Written<'Flavor'>): Promise<Applied> {
  const { name } = metadata;
  const before = await present(client.call('flavor.get', { name }));
  const after = await client.call('flavor.put', { name, ...spec });
  return { reference: `flavor/${name}`, done: difference(before, after) };
}

async function applyQueue(client: Client, { metadata, spec }: Written<'Queue'>): Promise<Applied> {
  const { name, labels } = metadata;
  const before = await present(client.call('queue.get', { name }));
  const after = await client.call('queue.put', { name, ...given({ labels }), ...spec });
  return { reference: `queue/${name}`, done: difference(before, after) };
}

async function applyGrant(client: Client, { spec }: Written<'QueueGrant'>): Promise<Applied> {
  const { project, queue } = spec;
  const { items } = await queueGrantKind.list(client, {
    project: undefined,
    limit: Number.POSITIVE_INFINITY,
  });
  const before = items.find((grant) => grant.spec.project === project && grant.spec.queue === queue);
  const after = await client.call('grant.put', spec);
  return { reference: `queuegrant/${project}:${queue}`, done: difference(before, after) };
}

async function applySchedule(
  client: Client,
  { metadata, spec }: Written<'Schedule'>,
  choice: ProjectChoice,
): Promise<Applied> {
  const { name, namespace, labels } = metadata;
  const project = projectOf(namespace, choice);
  const before = await present(client.call('schedule.get', { project, name }));
  const after = await client.call('schedule.put', { project, name, ...given({ labels }), spec });
  return { reference: `schedule/${name}`, done: difference(before, after) };
}

async function present<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

interface Comparable {
  readonly metadata: { readonly name: string; readonly labels?: unknown };
  readonly spec: unknown;
}

function difference(before: Comparable | undefined, after: Comparable): string {
  if (!before) return 'created';
  const same =
    isDeepStrictEqual(before.spec, after.spec) &&
    isDeepStrictEqual(before.metadata.labels, after.metadata.labels);
  return same ? 'unchanged' : 'configured';
}

/** An absent field is left out: `undefined` would be sent as nothing anyway, and types tell the two apart. */
function given<T extends object>(fields: T): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
