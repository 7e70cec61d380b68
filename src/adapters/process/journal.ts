/**
 * The journal of an attempt: what happened, one JSON line each, and how the lines add up to an
 * observation. Pure: shim and runner write and read it, nothing in here touches a file.
 */
import type {
  AttemptObservation,
  AttemptOutcome,
  AttemptSpec,
  MemberExit,
  MemberObservation,
  OutputFile,
} from '../../core/job/attempt.ts';

/** Times are epoch milliseconds. */
export type JournalEntry =
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'running'; readonly at: number }
  | {
      readonly kind: 'member-started';
      readonly at: number;
      readonly rank: number;
      readonly pid: number;
      readonly start: number;
    }
  | {
      readonly kind: 'member-usage';
      readonly rank: number;
      readonly peakMemoryBytes?: number | undefined;
      readonly cpuMs: number;
    }
  | {
      readonly kind: 'member-ended';
      readonly at: number;
      readonly rank: number;
      readonly exit: MemberExit;
    }
  | { readonly kind: 'log-closed'; readonly rank: number }
  | { readonly kind: 'stopping'; readonly at: number; readonly why: string }
  | {
      readonly kind: 'ended';
      readonly at: number;
      readonly outcome: AttemptOutcome;
      readonly outputs: readonly OutputFile[];
    };

/** All that the journal tells: the observation, and what only the runner itself needs. */
export interface AttemptRecord {
  readonly seen: AttemptObservation;
  /** Ranks whose log is complete. */
  readonly closedLogs: ReadonlySet<number>;
  /** Clock ticks after boot at which each member started, by rank: tells a process from a later one of its pid. */
  readonly starts: ReadonlyMap<number, number>;
}

/** The record of an attempt of which nothing has happened yet. */
export function newRecord(spec: AttemptSpec, node: string): AttemptRecord {
  const members = spec.members.map(
    ({ role, index, rank }): MemberObservation => ({ role, index, rank, phase: 'waiting', node }),
  );
  const seen: AttemptObservation = { ref: spec.ref, phase: 'starting', members, outputs: [], notes: [] };
  return { seen, closedLogs: new Set(), starts: new Map() };
}

export function applyEntry(record: AttemptRecord, entry: JournalEntry): AttemptRecord {
  if (entry.kind === 'log-closed') {
    return { ...record, closedLogs: new Set([...record.closedLogs, entry.rank]) };
  }
  const starts =
    entry.kind === 'member-started' ? new Map([...record.starts, [entry.rank, entry.start]]) : record.starts;
  return { ...record, starts, seen: observe(record.seen, entry) };
}

type Observable = Exclude<JournalEntry, { kind: 'log-closed' }>;

function observe(seen: AttemptObservation, entry: Observable): AttemptObservation {
  switch (entry.kind) {
    case 'note':
      return { ...seen, notes: [...seen.notes, entry.text] };
    case 'running':
      return { ...seen, phase: 'running', startedAt: entry.at };
    case 'stopping':
      return { ...seen, phase: 'stopping' };
    case 'ended':
      return { ...seen, phase: 'ended', endedAt: entry.at, outcome: entry.outcome, outputs: entry.outputs };
    case 'member-started':
      return withMember(seen, entry.rank, { phase: 'running', pid: entry.pid, startedAt: entry.at });
    case 'member-usage':
      return withMember(seen, entry.rank, usageOf(entry));
    case 'member-ended':
      return withMember(seen, entry.rank, { phase: 'ended', endedAt: entry.at, exit: entry.exit });
  }
}

function usageOf({
  peakMemoryBytes,
  cpuMs,
}: Extract<JournalEntry, { kind: 'member-usage' }>): Partial<MemberObservation> {
  return { cpuMs, ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }) };
}

function withMember(
  seen: AttemptObservation,
  rank: number,
  change: Partial<MemberObservation>,
): AttemptObservation {
  const members = seen.members.map((member) => (member.rank === rank ? { ...member, ...change } : member));
  return { ...seen, members };
}

/**
 * The entries in a piece of the journal, and how many of its bytes they take. A last line without its
 * end (the writer is at it, or was killed) is left for the next reading; a broken one is passed over.
 */
export function parseEntries(text: string): {
  readonly entries: readonly JournalEntry[];
  readonly bytes: number;
} {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const entries = whole.split('\n').flatMap((line) => parseLine(line));
  return { entries, bytes: Buffer.byteLength(whole) };
}

function parseLine(line: string): JournalEntry[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as JournalEntry];
  } catch {
    return [];
  }
}
