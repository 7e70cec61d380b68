/** One trivial job over the API, from the moment its submission is sent. */
import type { Client } from '../../src/cli/remote/client.ts';
import { check } from '../harness/check.ts';

const TEXT = 'hello';
const SPEC = { command: ['echo', TEXT], resources: { cpu: '100m', memory: '64Mi' } };

/** Until the first line of its followed log is here, milliseconds. Returns when the job has ended. */
export async function untilFirstLine(client: Client): Promise<number> {
  const began = performance.now();
  const { metadata } = await client.call('job.submit', { spec: SPEC });
  const address = { project: metadata.namespace, job: metadata.uid };
  let first: number | undefined;
  for await (const { text } of client.stream('job.logs', { ...address, follow: true })) {
    first ??= performance.now() - began;
    check(text === TEXT, `the log says ${TEXT}, not ${JSON.stringify(text)}`);
  }
  check(first !== undefined, 'the followed log has a line');
  await checkSucceeded(client, address);
  return first;
}

/** Until its events tell of its end, milliseconds. */
export async function untilEnded(client: Client): Promise<number> {
  const began = performance.now();
  const { metadata } = await client.call('job.submit', { spec: SPEC });
  const address = { project: metadata.namespace, job: metadata.uid };
  for await (const { state } of client.stream('event.follow', { ...address, after: 'start' })) {
    if (state === 'succeeded' || state === 'failed') break;
  }
  const took = performance.now() - began;
  await checkSucceeded(client, address);
  return took;
}

async function checkSucceeded(client: Client, address: { project: string; job: string }): Promise<void> {
  const { status } = await client.call('job.get', address);
  check(status.state === 'succeeded', `the job has succeeded, not: ${status.state}, ${status.message}`);
}
