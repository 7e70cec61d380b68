/** Ends a postmaster, or what one left behind, in steps of rising force and never without bound. */
import type { ClusterPaths, Timeouts } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { goneWithin, type LiveProcess, processesIn, signal } from './processes.ts';

/** How long an immediate shutdown, or a kill, may take, in milliseconds. */
const FORCED = 5000;

/** Fast shutdown; then immediate; then what is left is killed. Recovery makes good for the latter two. */
export async function shutDown(
  postmaster: LiveProcess,
  paths: ClusterPaths,
  timeouts: Timeouts,
): Promise<void> {
  signal(postmaster, 'SIGINT');
  if (await goneWithin(timeouts.stop, postmaster)) return drain(paths, timeouts);
  return shutDownNow(postmaster, paths, timeouts);
}

/** Immediate shutdown: nothing is written, the next start recovers. */
export async function shutDownNow(
  postmaster: LiveProcess,
  paths: ClusterPaths,
  timeouts: Timeouts,
): Promise<void> {
  signal(postmaster, 'SIGQUIT');
  if (!(await goneWithin(FORCED, postmaster))) signal(postmaster, 'SIGKILL');
  await goneWithin(FORCED, postmaster);
  await drain(paths, timeouts);
}

/**
 * Waits for processes of this data directory that have no postmaster any more: they hold its
 * shared memory, and a new one refuses to start beside them. They notice by themselves unless
 * they are deep in a query.
 *
 * @throws EmbeddedPostgresError `DrainFailed`
 */
export async function drain(paths: ClusterPaths, timeouts: Timeouts): Promise<void> {
  const left = await processesIn(paths.data);
  if (await goneWithin(timeouts.drain, ...left)) return;
  for (const force of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const known of left) signal(known, force);
    if (await goneWithin(FORCED, ...left)) return;
  }
  throw new EmbeddedPostgresError('DrainFailed', {
    message: `processes of ${paths.data} do not end: ${left.map(({ pid }) => pid).join(', ')}`,
    next: 'They hang in the kernel, most likely on its disk; see to that, then start again.',
  });
}
