import { describe, expect, test } from 'vitest';
import { Refused } from '../../core/errors/refused.ts';
import type { AttemptFile } from '../../core/job/attempt.ts';
import { blobKey } from '../../core/job/blob-key.ts';
import type { Ports } from '../../ports/index.ts';
import type { FileChunk } from '../../ports/runner.ts';
import { readFile } from './files.ts';

const REF = { job: '0197', attempt: 1 };
const FILE: AttemptFile = { kind: 'log', role: 'worker', index: 0 };
const GONE = new Refused('agent.unavailable', { agent: 'local' });
const RANGE = { offset: 0, limit: 100 };

/** @param collects whether the file moves from the agent to the blobs while the agent is asked */
function places(
  agent: string | Refused | undefined,
  { kept, collects }: { kept?: string; collects?: string },
) {
  const blobs = new Map<string, Buffer>();
  const keep = (text: string | undefined) => text && blobs.set(blobKey(REF, FILE), Buffer.from(text));
  keep(kept);
  return {
    blobs: {
      stat: async (key: string) => blobs.has(key) && { bytes: blobs.get(key)!.length },
      read: async (key: string, { offset, limit }: typeof RANGE) =>
        blobs.get(key)?.subarray(offset, offset + limit),
    },
    files: {
      read: async (): Promise<FileChunk | undefined> => {
        keep(collects);
        if (agent instanceof Refused) throw agent;
        return agent === undefined ? undefined : { offset: 0, bytes: Buffer.from(agent), eof: false };
      },
    },
  } as unknown as Ports;
}

async function readFrom(ports: Ports): Promise<string | undefined> {
  const chunk = await readFile(ports, { agent: 'local', ref: REF, file: FILE }, RANGE);
  return chunk && Buffer.from(chunk.bytes).toString();
}

describe('a file of an attempt', () => {
  test.each([
    { what: 'is read from its agent until it is collected', agent: 'live', at: {}, want: 'live' },
    { what: 'is read from the blobs afterwards', agent: 'live', at: { kept: 'kept' }, want: 'kept' },
    {
      what: 'that is collected while its agent is asked is read from the blobs',
      agent: undefined,
      at: { collects: 'kept' },
      want: 'kept',
    },
    {
      what: 'that is collected before its agent goes is read from the blobs',
      agent: GONE,
      at: { collects: 'kept' },
      want: 'kept',
    },
    { what: 'that nobody has is no file', agent: undefined, at: {}, want: undefined },
  ])('$what', async ({ agent, at, want }) => {
    expect(await readFrom(places(agent, at))).toBe(want);
  });

  test('that only an agent has that is away is refused, saying so', async () => {
    await expect(readFrom(places(GONE, {}))).rejects.toThrow(GONE);
  });
});
