/** Where the files of an attempt are: with its agent until they are collected, in the blob store after. */
import { Refused } from '../../core/errors/refused.ts';
import type { AttemptFile, AttemptRef } from '../../core/job/attempt.ts';
import { baseKey, blobKey } from '../../core/job/blob-key.ts';
import type { AttemptRecord, Job } from '../../core/job/job.ts';
import type { Ports } from '../../ports/index.ts';
import type { FileChunk, ReadRange } from '../../ports/runner.ts';

/** Reads from the blob store once the file is there, before that from the agent; undefined: neither has it. */
export async function readFile(
  ports: Ports,
  at: { agent: string; ref: AttemptRef; file: AttemptFile },
  range: ReadRange,
): Promise<FileChunk | undefined> {
  const kept = await readKept(ports, at, range);
  if (kept) return kept;
  const [chunk, refusal] = await ports.files.read(at.agent, at.ref, at.file, range).then(
    (read) => [read, undefined] as const,
    (error: unknown) => [undefined, error] as const,
  );
  // It may have been collected, and forgotten by its agent, between the two looks.
  const answer = chunk ?? (await readKept(ports, at, range));
  if (!answer && refusal) throw refusal;
  return answer;
}

async function readKept(
  ports: Ports,
  at: { ref: AttemptRef; file: AttemptFile },
  range: ReadRange,
): Promise<FileChunk | undefined> {
  const key = blobKey(at.ref, at.file);
  const stat = await ports.blobs.stat(key);
  if (!stat) return undefined;
  const base = at.file.kind === 'log' ? await baseOf(ports, key) : 0;
  const offset = Math.max(base, range.offset);
  const bytes =
    (await ports.blobs.read(key, { offset: offset - base, limit: range.limit })) ?? new Uint8Array();
  return { offset, bytes, eof: offset - base + bytes.length >= stat.bytes };
}

async function baseOf(ports: Ports, key: string): Promise<number> {
  const text = await ports.blobs.read(baseKey(key), { offset: 0, limit: 20 });
  return text ? Number(Buffer.from(text).toString()) : 0;
}

/** The attempt asked for, or the latest that has started. Throws Refused `job.no_attempt`. */
export function attemptOf(job: Job, number: number | undefined): AttemptRecord {
  const found =
    number === undefined
      ? job.attempts.findLast(hasFiles)
      : job.attempts.find((record) => record.number === number);
  if (!found) throw new Refused('job.no_attempt', { job: job.name, attempt: number ?? job.fence });
  return found;
}

function hasFiles(record: AttemptRecord): boolean {
  return record.members.length > 0;
}
