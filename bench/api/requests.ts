/** The requests of the bench, and what a client that spoke to the database itself would send instead. */
import type { Capstan } from '../harness/capstan.ts';
import { check } from '../harness/check.ts';
import type { Request } from './load.ts';

/** Nothing of it starts: what is measured is the API. */
export const QUEUE = 'bench';
/** As many as a page of `job.list` has. */
export const PAGE = 100;

export const SPEC = {
  queue: QUEUE,
  command: ['python', 'train.py', '--epochs', '12'],
  env: { SEED: '7' },
  resources: { cpu: '2', memory: '4Gi' },
};

export type OperationName = 'job.get' | 'job.list' | 'job.submit';

/** Makes the queue, closed, and a page of jobs in it; returns the uid of one. */
export async function prepare({ client }: Capstan): Promise<string> {
  await client.call('queue.put', { name: QUEUE, state: 'paused' });
  await client.call('grant.put', { project: 'default', queue: QUEUE, maxPriority: 100 });
  let uid = '';
  for (let index = 0; index < PAGE; index += 1) {
    uid = (await client.call('job.submit', { spec: SPEC })).metadata.uid;
  }
  return uid;
}

export function requestsFor(uid: string): Readonly<Record<OperationName, Request>> {
  return {
    'job.get': { method: 'GET', path: `/api/v1/jobs/default/${uid}`, wants: 200 },
    'job.list': { method: 'GET', path: `/api/v1/jobs?limit=${PAGE}`, wants: 200 },
    'job.submit': { method: 'POST', path: '/api/v1/jobs', body: JSON.stringify({ spec: SPEC }), wants: 201 },
  };
}

/** Each acknowledged submission is there, once, and waits. @param submitted how many were acknowledged in all */
export async function checkStored({ client }: Capstan, submitted: number): Promise<void> {
  const { status } = await client.call('queue.get', { name: QUEUE });
  check(
    status.pending === submitted,
    `${submitted} jobs were acknowledged and ${submitted} wait, not ${status.pending}`,
  );
  check(status.holding === 0, 'nothing of a paused queue runs');
}
