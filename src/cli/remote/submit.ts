/** `capstan submit`: sends the jobs of a file, and waits for them or follows one if asked. */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { isDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import type { Api } from './api.gen.ts';
import { collect } from './options.ts';
import { type Attendance, sendJobs } from './send-jobs.ts';

interface SubmitOptions extends Attendance {
  readonly file: readonly string[];
  readonly name?: string;
  readonly dryRun?: boolean;
}

export function submitVerb(shell: Shell): Command {
  return new Command('submit')
    .summary('submit the jobs of a file')
    .description(
      'Submits the AIJobs of a YAML or JSON file. The whole file is checked first; nothing is sent when it has a problem.',
    )
    .requiredOption('-f, --file <file>', 'file to read, - for standard input (may be repeated)', collect)
    .option('--name <name>', "the job's name, in place of metadata.name")
    .option('--dry-run', 'let the server check everything and store nothing')
    .option('--wait', 'wait for the end; exit code 1 when a job failed or was cancelled')
    .option('--follow', 'show events and logs until the end; exit code as --wait')
    .addHelpText(
      'after',
      `
Examples:
  capstan submit -f job.yaml                     submit and return
  capstan submit -f job.yaml --follow            … and show what happens until it ends
  capstan submit -f job.yaml --wait -o json      … and print the job as it ended
  capstan submit -f job.yaml --dry-run -o yaml   check it, with every default filled in
  generate-job | capstan submit -f -             from another program`,
    )
    .action(async (options: SubmitOptions, command: Command) => {
      shell.end(await submit(openSession(shell, command), options));
    });
}

type Submission = Api['job.submit']['input'];

async function submit(session: Session, options: SubmitOptions): Promise<number> {
  const jobs = await jobsIn(session, options);
  if (options.name !== undefined && jobs.length > 1) {
    throw new UsageError(`--name is for one job; there are ${jobs.length}`);
  }
  if (options.follow && jobs.length > 1) {
    throw new UsageError(`--follow is for one job; there are ${jobs.length}`, 'Use --wait.');
  }
  return sendJobs(session, jobs, { ...options, quiet: isDocument(session.output) });
}

/** All of them checked. */
async function jobsIn(session: Session, options: SubmitOptions): Promise<readonly Submission[]> {
  const { readSource } = await import('../files/source.ts');
  const { readObjects } = await import('../files/read-objects.ts');
  const { submissionOf } = await import('../files/submission.ts');
  const sources = await Promise.all(options.file.map((path) => readSource(path, session.io)));
  const objects = readObjects(sources, ['AIJob']);
  const project = await session.project();
  return objects.flatMap((object) => {
    if (object.kind !== 'AIJob') return [];
    const submission = submissionOf(object.value, { project, flag: session.flags.project });
    const name = options.name ?? submission.name;
    return [{ ...submission, ...(name === undefined ? {} : { name }), dryRun: options.dryRun ?? false }];
  });
}
