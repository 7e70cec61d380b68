/** The log of a task: the lines that its handlers said, by attempt. Followed, it goes on until the task has ended. */
import type { z } from 'zod';
import { formatTime } from '../../contract/scalars.ts';
import type { LogLine, ReadLogs } from '../../contract/stream.ts';
import type { Job } from '../../core/job/job.ts';
import { hasEnded } from '../../core/job/state.ts';
import type { LogPlace, TaskLogLine } from '../../ports/task-store.ts';
import type { Call } from '../define.ts';
import { formatPosition, type LogPosition } from './cursor.ts';
import { pause } from './pause.ts';

type Line = z.output<typeof LogLine>;

const PAGE = 200;
/** Between looks at the live end, milliseconds: workers report once a second or so. */
const LOOK_AGAIN = 250;

export async function* readTaskLog(
  { input, ports, signal }: Call<z.output<typeof ReadLogs>>,
  job: Job,
  from: LogPosition | undefined,
): AsyncGenerator<Line> {
  let place = placeOf(from, input.attempt);
  let skip = from?.offsets.get(INDEX) ?? 0;
  let last = job;
  for (;;) {
    const wasEnded = hasEnded(last.state);
    const rows = await ports.tasks.logs(job.uid, place, PAGE);
    const shown = rows.filter(({ attempt }) => input.attempt === undefined || attempt === input.attempt);
    const lines = shown.flatMap((row, index) => linesOf(row, index === 0 ? skip : 0));
    yield* input.tail === undefined ? lines : lines.slice(-input.tail);
    const end = rows.at(-1);
    if (end) {
      place = end;
      skip = 0;
    }
    if (rows.length === PAGE) continue;
    // Looked at once more after its end: the last lines come before it.
    if (!input.follow || wasEnded || signal.aborted) return;
    await pause(LOOK_AGAIN, signal);
    [last = last] = await ports.tasks.jobs([job.uid]);
  }
}

/** Of a position: the row, and how many of its lines were read. */
const ROW = 0;
const INDEX = 1;

function placeOf(from: LogPosition | undefined, attempt: number | undefined): LogPlace {
  if (!from) return { attempt: attempt ?? 0, seq: 0 };
  // The row itself is read again: some of its lines may be left.
  return { attempt: from.attempt, seq: Math.max(0, (from.offsets.get(ROW) ?? 0) - 1) };
}

function linesOf({ attempt, seq, at, lines }: TaskLogLine, skip: number): Line[] {
  return lines.slice(skip).map((text, index) => {
    const offsets = new Map([
      [ROW, seq],
      [INDEX, skip + index + 1],
    ]);
    return {
      id: formatPosition({ attempt, offsets }),
      attempt,
      role: 'task',
      member: 0,
      at: formatTime(at),
      stream: text.startsWith('[capstan] ') ? 'capstan' : 'stdout',
      text,
      partial: false,
    };
  });
}
