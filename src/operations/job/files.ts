/** Where the files of an attempt are: with its agent until they are collected, in the blob store after. */
import { Refused } from '../../core/errors/refused.ts';
import type { AttemptRef } from '../../core/job/attempt.ts';
import type { AttemptRecord, Job } from '../../core/job/job.ts';
import type { Ports } from '../../ports/index.ts';
import type { AttemptFile, FileChunk, ReadRange } from '../../ports/runner.ts';

export function blobFolder(job: string): string {
  return `jobs/${job}/`;
}

export function blobKey(ref: AttemptRef, file: AttemptFile): string {
  const name = file.kind === 'log' ? `log/${file.role}-${file.index}` : `output/${file.name}`;
  return `${blobFolder(ref.job)}${ref.attempt}/${name}`;
}

/** Reads from the blob store once the file is there, before that from the agent; undefined: neither has it. */
export async function readFile(
  ports: Ports,
  at: { agent: string; ref: AttemptRef; file: AttemptFile },
  range: ReadRange,
): Promise<FileChunk | undefined> {
  const key = blobKey(at.ref, at.file);
  const stat = await ports.blobs.stat(key);
  if (!stat) return ports.files.read(at.agent, at.ref, at.file, range);
  const bytes = (await ports.blobs.read(key, range)) ?? new Uint8Array();
  return { offset: range.offset, bytes, eof: range.offset + bytes.length >= stat.bytes };
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
