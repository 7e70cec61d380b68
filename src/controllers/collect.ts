/**
 * Fetches the logs and outputs of ended attempts into the blob store, then lets their agent forget
 * them. Until then they are read from the agent, so nobody waits for this.
 */
import type { AttemptFile, AttemptRef } from '../core/job/attempt.ts';
import { baseKey, blobKey } from '../core/job/blob-key.ts';
import type { AttemptRecord } from '../core/job/job.ts';
import type { Collection } from '../ports/agent-store.ts';
import type { Ports } from '../ports/index.ts';

/** Without a hint: how long files can wait, milliseconds. */
const LOOK_AGAIN = 5000;

/** @param agents those connected here */
export async function collectRound(ports: Ports, agents: readonly string[]): Promise<number> {
  const troubles: unknown[] = [];
  for (const agent of agents) {
    for (const collection of await ports.agents.collections(agent)) {
      // One that cannot be read must not keep the others from being collected.
      await collect(ports, collection).catch((error: unknown) => troubles.push(error));
    }
  }
  if (troubles.length > 0) throw troubles[0];
  return LOOK_AGAIN;
}

async function collect(ports: Ports, { ref, agent }: Collection): Promise<void> {
  const [job] = await ports.scheduler.jobs([ref.job]);
  const record = job?.attempts.find(({ number }) => number === ref.attempt);
  for (const file of record ? filesOf(record) : []) await fetchFile(ports, { agent, ref, file });
  await ports.agents.collected(ref);
}

function filesOf(record: AttemptRecord): AttemptFile[] {
  const logs = record.members.map(({ role, index }): AttemptFile => ({ kind: 'log', role, index }));
  return [...logs, ...record.outputs.map(({ name }): AttemptFile => ({ kind: 'output', name }))];
}

interface From {
  readonly agent: string;
  readonly ref: AttemptRef;
  readonly file: AttemptFile;
}

const CHUNK = 1024 * 1024;

async function fetchFile(ports: Ports, from: From): Promise<void> {
  const first = await ports.files.read(from.agent, from.ref, from.file, { offset: 0, limit: CHUNK });
  if (!first) return;
  const key = blobKey(from.ref, from.file);
  if (first.offset > 0) await ports.blobs.put(baseKey(key), textOf(String(first.offset)));
  await ports.blobs.put(key, contentOf(ports, from, first));
}

async function* contentOf(
  ports: Ports,
  from: From,
  first: { offset: number; bytes: Uint8Array; eof: boolean },
) {
  let chunk: typeof first | undefined = first;
  while (chunk) {
    yield chunk.bytes;
    const offset: number = chunk.offset + chunk.bytes.length;
    if (chunk.eof || chunk.bytes.length === 0) return;
    chunk = await ports.files.read(from.agent, from.ref, from.file, { offset, limit: CHUNK });
  }
}

async function* textOf(text: string) {
  yield Buffer.from(text);
}
