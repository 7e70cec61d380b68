/** Jobs that a verb acts on: named, or chosen by a label selector; and the acting, one answer a line. */
import type { JobView } from '../../contract/job.ts';
import { UsageError } from '../errors.ts';
import { EXIT, worst } from '../exit-codes.ts';
import { isDocument } from '../output/document.ts';
import { codeFor, describeError } from '../report.ts';
import type { Session } from '../session.ts';
import { listJobs } from './kinds/job.ts';
import { jobCalled } from './kinds/kinds.ts';
import { showDocument } from './show.ts';

export interface Selection {
  readonly names: readonly string[];
  readonly selector?: string | undefined;
  /** With a selector: only jobs in these states, on which the verb can act. */
  readonly states: readonly string[];
}

/** Names or uids. Throws UsageError when neither or both ways are used. */
export async function selectedJobs(
  session: Session,
  { names, selector, states }: Selection,
): Promise<readonly string[]> {
  if (names.length > 0 && selector !== undefined)
    throw new UsageError('name jobs, or select them by -l; not both');
  if (selector === undefined) {
    if (names.length === 0)
      throw new UsageError('no job is named', 'Give the name of a job, or -l SELECTOR.');
    return Promise.all(names.map(jobCalled));
  }
  const filter = { project: await session.project(), selector, state: states.join(',') };
  const { items } = await listJobs(await session.client(), { ...filter, limit: Number.POSITIVE_INFINITY });
  // By uid: a name may meanwhile belong to another job.
  return items.map(({ metadata }) => metadata.uid);
}

/** Requests at a time. */
const AT_ONCE = 8;

/** Acts on each; one that is refused does not keep the others from it. The worst exit code is returned. */
export async function onEach<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
  onError: (error: unknown) => void,
): Promise<number> {
  const codes: number[] = [];
  const queue = items.values();
  const work = async () => {
    for (const item of queue) {
      await act(item).catch((error: unknown) => {
        onError(error);
        codes.push(codeFor(error));
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return worst(codes);
}

export async function actOnJobs(
  session: Session,
  jobs: readonly string[],
  {
    act,
    done,
  }: { act(address: { project: string; job: string }): Promise<JobView>; done(job: JobView): string },
): Promise<number> {
  const project = await session.project();
  const changed: JobView[] = [];
  if (jobs.length === 0) session.note('no such jobs');
  const one = async (job: string) => {
    const view = await act({ project, job });
    changed.push(view);
    if (isDocument(session.output)) return;
    const reference = `job/${view.metadata.name}`;
    session.print(session.output === 'name' ? reference : `${reference} ${done(view)}`);
  };
  const code = await onEach(jobs, one, (error) =>
    session.note(describeError(error, session.paint).join('\n')),
  );
  if (changed.length > 0 || code === EXIT.done) await showDocument(session, changed, jobs.length === 1);
  return code;
}
