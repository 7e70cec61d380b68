/** Removes all that is kept of an ended job; also what its time to live does. */
import { blobFolder } from '../../core/job/blob-key.ts';
import type { Job } from '../../core/job/job.ts';
import type { Ports } from '../../ports/index.ts';

/** The record goes first: files without a record are unreachable, a record without files would lie. */
export async function removeJob(ports: Ports, job: Job): Promise<boolean> {
  const removed = await ports.jobs.remove(job.uid);
  if (removed) await ports.blobs.removeAll(blobFolder(job.uid));
  return removed;
}
