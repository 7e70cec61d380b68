/** Where the files of jobs are kept in the blob store. */
import type { AttemptFile, AttemptRef } from './attempt.ts';

/** All that is kept of a job. */
export function blobFolder(job: string): string {
  return `jobs/${job}/`;
}

export function blobKey(ref: AttemptRef, file: AttemptFile): string {
  const name = file.kind === 'log' ? `log/${file.role}-${file.index}` : `output/${file.name}`;
  return `${blobFolder(ref.job)}${ref.attempt}/${name}`;
}

/**
 * Beside a log whose beginning was dropped by its cap: the offset of its first kept byte, in
 * decimal, so that a reader's offsets mean the same before and after the log was collected.
 */
export function baseKey(key: string): string {
  return `${key}.base`;
}

/** A task's payload, when it is large. */
export function payloadKey(job: string): string {
  return `${blobFolder(job)}payload`;
}

/** What an attempt of a task returned, when it is large. */
export function resultKey({ job, attempt }: AttemptRef): string {
  return `${blobFolder(job)}${attempt}/result`;
}
