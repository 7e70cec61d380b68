/** Reads the logs of a job's members, merged by time; followed, it goes on through retries until the job ends. */
import type { z } from 'zod';
import { LogLine, ReadLogs } from '../../contract/stream.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { AttemptRecord, Job } from '../../core/job/job.ts';
import { hasEnded } from '../../core/job/state.ts';
import type { Ports } from '../../ports/index.ts';
import { type Call, defineStream } from '../define.ts';
import { changes } from '../event/changes.ts';
import { attemptOf, readFile } from '../job/files.ts';
import { loadJob } from '../job/load.ts';
import { formatPosition, type LogPosition, parsePosition } from './cursor.ts';
import { MemberLog } from './member-log.ts';
import { type MergedLine, mergeAvailable } from './merge.ts';
import { pause } from './pause.ts';
import { readTaskLog } from './task-log.ts';

type Input = z.output<typeof ReadLogs>;

export const readLogs = defineStream({
  name: 'job.logs',
  summary: 'Read or follow the logs of a job',
  input: ReadLogs,
  output: LogLine,
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/{project}/{job}/logs' },
  async *handler(call) {
    const { input, ports, signal } = call;
    const from = input.after === undefined ? undefined : parsePosition(input.after);
    if (input.after !== undefined && !from) throw new Refused('cursor.expired');
    let job = await loadJob(ports, input);
    if (job.spec.task) {
      yield* readTaskLog(call, job, from);
      return;
    }
    let position = from;
    for (;;) {
      const record = nextAttempt(job, input, position);
      if (record) {
        yield* readAttempt(call, { job, record, position });
        position = { attempt: record.number + 1, offsets: new Map() };
      }
      if (!input.follow || input.attempt !== undefined || signal.aborted) return;
      job = await loadJob(ports, { project: input.project, job: job.uid });
      if (nextAttempt(job, input, position)) continue;
      if (hasEnded(job.state)) return;
      await changes(ports, job.uid, signal);
      job = await loadJob(ports, { project: input.project, job: job.uid });
    }
  },
});

/** The attempt to read now: the one asked for, or from the position on the first that has members. */
function nextAttempt(job: Job, input: Input, position: LogPosition | undefined): AttemptRecord | undefined {
  if (input.attempt !== undefined) return attemptOf(job, input.attempt);
  if (position)
    return job.attempts.find((record) => record.number >= position.attempt && record.members.length > 0);
  if (input.follow) return job.attempts.findLast((record) => record.members.length > 0);
  return attemptOf(job, undefined);
}

interface Reading {
  readonly job: Job;
  readonly record: AttemptRecord;
  readonly position: LogPosition | undefined;
}

/**
 * How long to wait for more at the live end, milliseconds. Shortest at first: who follows a job from its
 * start is there before its members write, and its first line is to show at once.
 */
const FIRST = 4;
const SOONEST = 15;
const LATEST = 250;

async function* readAttempt(call: Call<Input>, reading: Reading): AsyncGenerator<LogLine> {
  const { input, signal } = call;
  const members = openMembers(call.ports, reading, input);
  let wait = FIRST;
  const lines = input.tail === undefined ? mergeAvailable(members) : tailOf(members, input.tail);
  for await (const line of lines) yield show(reading.record.number, members, line);
  while (input.follow && !members.every((member) => member.eof)) {
    await pause(wait, signal);
    if (signal.aborted) return;
    wait = Math.min(LATEST, wait * 1.5);
    for await (const line of mergeAvailable(members)) {
      wait = SOONEST;
      yield show(reading.record.number, members, line);
    }
  }
}

function openMembers(ports: Ports, { job, record, position }: Reading, input: Input): MemberLog[] {
  const ref = { job: job.uid, attempt: record.number };
  const offsets = position?.attempt === record.number ? position.offsets : new Map<number, number>();
  const asked = record.members.filter((member) => {
    return (
      (input.role === undefined || member.role === input.role) &&
      (input.member === undefined || member.index === input.member)
    );
  });
  return asked.map((member) => {
    const file = { kind: 'log', role: member.role, index: member.index } as const;
    return new MemberLog(member, offsets.get(member.rank) ?? 0, (range) =>
      readFile(ports, { agent: record.agent, ref, file }, range),
    );
  });
}

/** The last lines of each member: what came before is read and dropped. */
async function* tailOf(members: readonly MemberLog[], count: number): AsyncGenerator<MergedLine> {
  const kept = new Map<MemberLog, MergedLine[]>(members.map((member) => [member, []]));
  for await (const line of mergeAvailable(members)) {
    const lines = kept.get(line.member);
    lines?.push(line);
    if (lines && lines.length > count) lines.shift();
  }
  const all = [...kept.values()].flat();
  yield* all.sort((a, b) => (a.record.time < b.record.time ? -1 : 1));
}

const utf8 = new TextDecoder();

function show(attempt: number, members: readonly MemberLog[], { member, record }: MergedLine): LogLine {
  const offsets = new Map(members.map(({ rank, offset }) => [rank, offset]));
  return {
    id: formatPosition({ attempt, offsets }),
    attempt,
    role: member.role,
    member: member.index,
    at: record.time,
    stream: record.stream === 'stderr' || record.stream === 'capstan' ? record.stream : 'stdout',
    text: utf8.decode(record.bytes),
    partial: record.partial,
  };
}
