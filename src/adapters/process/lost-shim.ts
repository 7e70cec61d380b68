/**
 * Ends an attempt whose shim is gone: kills what it left running, and only then writes down how the
 * attempt ended, because an outcome says that no process of the attempt lives.
 */
import type { AttemptOutcome } from '../../core/job/attempt.ts';
import { groupsOf } from './cgroup/groups-of.ts';
import type { AttemptRecord, JournalEntry } from './journal.ts';
import type { Launch } from './launch.ts';
import { killAll, ProcessSet } from './process-set.ts';

/** Resolves when no process of the attempt lives. */
export async function killAbandoned(launch: Launch, record: AttemptRecord): Promise<void> {
  const groups = groupsOf(launch);
  const processes = new ProcessSet(launch.spec, 0, groups);
  for (const { rank, pid } of record.seen.members) {
    const start = record.starts.get(rank);
    if (pid !== undefined && start !== undefined) processes.addLeader(rank, { pid, start });
  }
  await killAll(processes);
  for (const group of groups.values()) group.remove();
}

/** What the shim can no longer write. @param at epoch milliseconds */
export function lastEntries(record: AttemptRecord, outcome: AttemptOutcome, at: number): JournalEntry[] {
  const running = record.seen.members.filter(({ phase }) => phase === 'running');
  const exit = { signal: 'SIGKILL', message: 'ended with its shim; how is not known' };
  return [
    ...running.map(({ rank }): JournalEntry => ({ kind: 'member-ended', at, rank, exit })),
    { kind: 'ended', at, outcome, outputs: [] },
  ];
}
