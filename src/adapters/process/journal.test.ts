import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { anAttempt } from '../../ports/testing/runner-conformance.ts';
import { type AttemptRecord, applyEntry, type JournalEntry, newRecord, parseEntries } from './journal.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

const LIFE: readonly JournalEntry[] = [
  { kind: 'note', text: 'image x is not used' },
  { kind: 'member-started', at: NOON, rank: 0, pid: 100, start: 7 },
  { kind: 'member-started', at: NOON, rank: 1, pid: 101, start: 8 },
  { kind: 'running', at: NOON + 1 },
  { kind: 'member-usage', rank: 1, peakMemoryBytes: 4096, cpuMs: 10 },
  { kind: 'log-closed', rank: 1 },
  {
    kind: 'member-ended',
    at: NOON + 2,
    rank: 1,
    exit: { exitCode: 3, reason: 'ExitCode', message: 'exited with code 3' },
  },
  { kind: 'stopping', at: NOON + 2, why: 'worker-1: exited with code 3' },
  { kind: 'member-usage', rank: 1, cpuMs: 20 },
  { kind: 'member-ended', at: NOON + 3, rank: 0, exit: { signal: 'SIGTERM' } },
  {
    kind: 'ended',
    at: NOON + 4,
    outcome: { kind: 'failed', reason: 'ExitCode', message: 'worker-1: exited with code 3' },
    outputs: [],
  },
];

const spec = anAttempt(['true', 'exit 3']);
const recordOf = (entries: readonly JournalEntry[]): AttemptRecord =>
  entries.reduce(applyEntry, newRecord(spec, 'here'));

describe('the journal of an attempt', () => {
  test.each([
    { until: 0, want: { phase: 'starting', members: ['waiting', 'waiting'] } },
    { until: 4, want: { phase: 'running', members: ['running', 'running'] } },
    { until: 7, want: { phase: 'running', members: ['running', 'ended'] } },
    { until: 8, want: { phase: 'stopping', members: ['running', 'ended'] } },
    { until: 11, want: { phase: 'ended', members: ['ended', 'ended'] } },
  ])('after $until lines the attempt is $want.phase', ({ until, want }) => {
    const { seen } = recordOf(LIFE.slice(0, until));
    expect({ phase: seen.phase, members: seen.members.map(({ phase }) => phase) }).toEqual(want);
    expect(seen.outcome === undefined).toBe(seen.phase !== 'ended');
  });

  test('adds up to the whole of what was seen', () => {
    const { seen, closedLogs, starts } = recordOf(LIFE);
    expect(seen).toMatchObject({ startedAt: NOON + 1, endedAt: NOON + 4, notes: ['image x is not used'] });
    expect(seen.members[1]).toMatchObject({
      pid: 101,
      peakMemoryBytes: 4096,
      cpuMs: 20,
      exit: { exitCode: 3 },
    });
    expect([...closedLogs]).toEqual([1]);
    expect([...starts]).toEqual([
      [0, 7],
      [1, 8],
    ]);
  });

  test.prop([fc.nat({ max: 3000 })])('says the same however its reading is cut', (cut) => {
    const text = LIFE.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    const first = parseEntries(text.slice(0, cut));
    const second = parseEntries(text.slice(first.bytes));
    expect([...first.entries, ...second.entries]).toEqual(LIFE);
  });

  test('goes on after a line that a power cut spoiled', () => {
    const { entries } = parseEntries('{"kind":"member-en\n{"kind":"note","text":"später"}\n');
    expect(entries).toEqual([{ kind: 'note', text: 'später' }]);
  });
});
