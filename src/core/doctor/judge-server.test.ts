import { describe, expect, test } from 'vitest';
import type { AgentFacts, ServerFacts } from './facts.ts';
import { judgeAgents, judgeServer } from './judge-server.ts';

const DAY = 86_400_000;

function facts(differing: Partial<ServerFacts> = {}): ServerFacts {
  return {
    version: '18.4',
    versionNumber: 180_004,
    fsync: true,
    synchronousCommit: 'on',
    skew: 100,
    missing: [],
    unknown: [],
    long: [],
    lease: { holder: 'a/1', epoch: 3, leftMs: 2000 },
    unsealed: { count: 2, oldestMs: 400 },
    signingKeyMs: 10 * DAY,
    ...differing,
  };
}

describe('what the doctor says of a server', () => {
  test('in order: nothing is wrong', () => {
    const found = judgeServer(facts());
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(found.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['database', 'clock', 'migrations', 'lease', 'audit', 'signing']),
    );
  });

  test.each<{ what: string; differing: Partial<ServerFacts>; want: object }>([
    {
      what: 'whose lease is over',
      differing: { lease: { holder: 'a/1', epoch: 3, leftMs: -1 } },
      want: { check: 'lease', level: 'error', what: expect.stringContaining('a/1') },
    },
    {
      what: 'on which nobody ever scheduled',
      differing: { lease: undefined },
      want: { check: 'lease', level: 'error' },
    },
    {
      what: 'that does not seal its audit',
      differing: { unsealed: { count: 7, oldestMs: 31_000 } },
      want: { check: 'audit', level: 'error', what: '7 audit records are not sealed, the oldest for 31 s' },
    },
    {
      what: 'whose signing key was forgotten',
      differing: { signingKeyMs: 46 * DAY },
      want: { check: 'signing', level: 'warning', what: expect.stringContaining('46 days') },
    },
    {
      what: 'with a clock of its own',
      differing: { skew: -40_000 },
      want: { check: 'clock', level: 'error', what: expect.stringContaining('40 s behind') },
    },
    {
      what: 'with a transaction that holds back vacuum, by its query id alone',
      differing: { long: [{ pid: 7, seconds: 400, program: 'psql', queryId: '-42', holdsVacuum: true }] },
      want: {
        check: 'transactions',
        level: 'warning',
        what: 'a transaction of psql (backend 7, query -42) is open for 400 s',
        why: expect.stringContaining('nothing is cleaned up'),
      },
    },
    {
      what: 'with one that does not',
      differing: { long: [{ pid: 7, seconds: 400, program: '', holdsVacuum: false }] },
      want: { check: 'transactions', why: 'event streams wait for the oldest transaction' },
    },
  ])('$what', ({ differing, want }) => {
    expect(judgeServer(facts(differing)).filter(({ level }) => level !== 'ok')).toMatchObject([want]);
  });

  test('without a key that signs, as before the first token: nothing is wrong', () => {
    expect(judgeServer(facts({ signingKeyMs: undefined })).at(-1)).toMatchObject({ level: 'ok' });
  });
});

describe('what the doctor says of agents', () => {
  test.each<{ what: string; agents: AgentFacts[]; want: object[] }>([
    { what: 'none', agents: [], want: [{ level: 'warning' }] },
    {
      what: 'one that is heard',
      agents: [{ name: 'a', connected: true, silentMs: 500 }],
      want: [{ level: 'ok' }],
    },
    {
      what: 'one that is gone and one that is silent, each by its name',
      agents: [
        { name: 'a', connected: false, silentMs: 500 },
        { name: 'b', connected: true, silentMs: 30_000 },
        { name: 'c', connected: true, silentMs: 10 },
      ],
      want: [
        { level: 'warning', what: 'a was last heard 1 s ago' },
        { level: 'warning', what: 'b was last heard 30 s ago' },
      ],
    },
  ])('$what', ({ agents, want }) => {
    expect(judgeAgents(agents)).toMatchObject(want);
  });
});
