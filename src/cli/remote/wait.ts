/** Waits for jobs to end; on a terminal one line says what they do meanwhile. */
import type { JobView } from '../../contract/job.ts';
import { untilInterrupt } from '../interrupt.ts';
import type { Session } from '../session.ts';
import type { Client } from './client.ts';
import { exitCodeOf, hasEnded } from './job-facts.ts';
import { afterFailure, finalLine } from './job-lines.ts';
import { statusLine } from './status-line.ts';

export interface Attended {
  /** As they ended, in the order given. */
  readonly jobs: readonly JobView[];
  readonly codes: readonly number[];
  readonly interrupted: boolean;
}

export async function waitFor(session: Session, jobs: readonly JobView[]): Promise<Attended> {
  const client = await session.client();
  const line = statusLine(session);
  return untilInterrupt(session.io, async (interruption) => {
    const states = new Map(jobs.map(({ metadata, status }) => [metadata.uid, status.state as string]));
    const onState = (job: JobView) => {
      states.set(job.metadata.uid, job.status.state);
      line.show(summary(jobs, states));
    };
    const ended = await Promise.all(
      jobs.map((job) => untilEnd(client, job, { signal: interruption.signal, onState })),
    ).finally(() => line.clear());
    if (interruption.interrupted) return stopped(session, jobs);
    for (const job of ended) tellEnd(session, job);
    return { jobs: ended, codes: ended.map(exitCodeOf), interrupted: false };
  });
}

interface Watching {
  readonly signal: AbortSignal;
  onState(job: JobView): void;
}

/** The job as it ended; as it was last seen when the signal came first. */
export async function untilEnd(
  client: Client,
  job: JobView,
  { signal, onState }: Watching,
): Promise<JobView> {
  const { namespace: project, uid } = job.metadata;
  let last = job;
  for await (const change of client.stream('job.watch', { project, job: uid }, { signal })) {
    last = change.job;
    onState(last);
    if (hasEnded(last)) break;
  }
  return last;
}

/** The last line; nothing when a document follows. */
export function tellEnd(session: Session, job: JobView): void {
  const { output, paint, io } = session;
  const quiet = output === 'json' || output === 'yaml' || output === 'name';
  const line = finalLine(job, paint, io.now());
  if (quiet) session.note(line);
  else session.print(line);
  const next = afterFailure(job);
  if (next !== undefined) session.note(next);
}

/** After Ctrl-C: what goes on, and how to come back to it. */
export function stopped(session: Session, jobs: readonly JobView[]): Attended {
  for (const { metadata } of jobs) {
    const where = `${metadata.name} -n ${metadata.namespace}`;
    session.note(
      `job/${metadata.name} goes on: \`capstan watch ${where}\` takes it up again, \`capstan cancel ${where}\` ends it`,
    );
  }
  return { jobs, codes: [], interrupted: true };
}

/** `2 running, 1 pending` */
function summary(jobs: readonly JobView[], states: ReadonlyMap<string, string>): string {
  if (jobs.length === 1) return `${jobs[0]?.metadata.name} ${[...states.values()].join()}`;
  const counts = new Map<string, number>();
  for (const state of states.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
