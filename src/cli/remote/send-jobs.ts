/** What `submit` and `run` do once the jobs are known: send, say so, and stay as long as was asked. */
import type { JobView } from '../../contract/job.ts';
import { EXIT, worst } from '../exit-codes.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import type { Session } from '../session.ts';
import type { Api } from './api.gen.ts';

export interface Attendance {
  readonly wait?: boolean;
  readonly follow?: boolean;
}

interface How extends Attendance {
  /** Standard output is for a document alone. */
  readonly quiet: boolean;
}

/** One after the other, so that the first that is refused ends it with the earlier ones reported. */
export async function sendJobs(
  session: Session,
  jobs: readonly Api['job.submit']['input'][],
  how: How,
): Promise<number> {
  const client = await session.client();
  const submitted: JobView[] = [];
  for (const job of jobs) {
    const { repeated, ...view } = await client.call('job.submit', job);
    announce(session, view, { repeated, dryRun: job.dryRun === true, how });
    submitted.push(view);
  }
  const stays = (how.wait || how.follow) && !jobs.some(({ dryRun }) => dryRun);
  if (stays) return attend(session, submitted, how);
  await showDocuments(session, submitted);
  return EXIT.done;
}

function announce(
  session: Session,
  { metadata }: JobView,
  { repeated, dryRun, how }: { repeated: boolean; dryRun: boolean; how: How },
): void {
  if (how.quiet) return;
  const said = repeated ? 'was submitted already' : 'submitted';
  const text = dryRun ? 'would be submitted (dry run)' : said;
  session.print(session.output === 'name' ? `job/${metadata.name}` : `job/${metadata.name} ${text}`);
}

async function attend(session: Session, jobs: readonly JobView[], how: How): Promise<number> {
  const { waitFor } = await import('./wait.ts');
  const { followJob } = await import('./follow.ts');
  const [first] = jobs;
  const outcome = how.follow && first ? await followJob(session, first) : await waitFor(session, jobs);
  if (outcome.interrupted) return EXIT.interrupted;
  await showDocuments(session, outcome.jobs);
  return worst(outcome.codes);
}

async function showDocuments({ output, io }: Session, jobs: readonly JobView[]): Promise<void> {
  if (!isDocument(output)) return;
  const list = { apiVersion: 'capstan.dev/v1alpha1', kind: 'List', items: jobs };
  await writeDocument(io.stdout, output, jobs.length === 1 ? jobs[0] : list);
}
