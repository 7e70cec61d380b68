/**
 * Follows one job: its log lines on standard output, its events on standard error, until it has
 * ended; then the final line.
 */
import type { JobView } from '../../contract/job.ts';
import { type Interruption, untilInterrupt } from '../interrupt.ts';
import type { Session } from '../session.ts';
import type { Client } from './client.ts';
import { exitCodeOf, hasEnded, membersOf } from './job-facts.ts';
import { eventLine } from './job-lines.ts';
import { logPrinter } from './log-printer.ts';
import { type Attended, stopped, tellEnd } from './wait.ts';

/** How long the end of the log may take after the job's, milliseconds: it comes from another machine. */
const LOG_TAIL_MS = 15_000;

export async function followJob(session: Session, job: JobView): Promise<Attended> {
  const client = await session.client();
  return untilInterrupt(session.io, async (interruption) => {
    const logs = startLogs(session, client, { job, interruption });
    const ended = await followEvents(session, client, { job, interruption });
    if (interruption.interrupted) {
      await logs.done;
      return stopped(session, [job]);
    }
    if (!(await logs.finish())) {
      session.note(
        `the end of the log is not here yet; \`capstan logs ${job.metadata.name}\` shows it later`,
      );
    }
    tellEnd(session, ended);
    return { jobs: [ended], codes: [exitCodeOf(ended)], interrupted: false };
  });
}

interface Following {
  readonly job: JobView;
  readonly interruption: Interruption;
}

/** The job as it ended. An event of an earlier end (it was redriven since) does not count. */
async function followEvents(
  session: Session,
  client: Client,
  { job, interruption }: Following,
): Promise<JobView> {
  const { namespace: project, uid } = job.metadata;
  const { signal } = interruption;
  const input = { project, job: uid, after: 'start' };
  for await (const event of client.stream('event.follow', input, { signal, onBreak: sayBreak(session) })) {
    session.note(eventLine(event, session.paint));
    if (event.state !== 'succeeded' && event.state !== 'failed' && event.state !== 'cancelled') continue;
    const present = await client.call('job.get', { project, job: uid });
    if (hasEnded(present)) return present;
  }
  return interruption.interrupted ? job : client.call('job.get', { project, job: uid });
}

export function sayBreak(session: Session): (error: Error) => void {
  return ({ message }) => session.note(`${message}; trying again …`);
}

interface LogFollower {
  readonly done: Promise<void>;
  /** Waits for the rest of the log. False when it did not come in time. */
  finish(): Promise<boolean>;
}

function startLogs(session: Session, client: Client, { job, interruption }: Following): LogFollower {
  const { namespace: project, uid } = job.metadata;
  const enough = new AbortController();
  const signal = AbortSignal.any([interruption.signal, enough.signal]);
  const print = logPrinter(session, { prefix: membersOf(job) > 1, timestamps: false });
  const read = async () => {
    const input = { project, job: uid, follow: true };
    for await (const line of client.stream('job.logs', input, { signal })) print(line);
    return print.end();
  };
  const done = read().catch((error: Error) => session.note(`the log cannot be followed: ${error.message}`));
  return {
    done,
    async finish() {
      const timer = setTimeout(() => enough.abort(), LOG_TAIL_MS);
      await done;
      clearTimeout(timer);
      return !enough.signal.aborted;
    },
  };
}
