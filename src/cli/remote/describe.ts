/** `capstan describe`: all about one object, for people. */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { describeFlavor } from './describe/flavor.ts';
import { describeJob } from './describe/job.ts';
import { describeProject } from './describe/project.ts';
import { describeQueue } from './describe/queue.ts';
import { describeSchedule } from './describe/schedule.ts';
import { jobKind } from './kinds/job.ts';
import { kindCalled, type Reference, referenceTo } from './kinds/kinds.ts';

export function describeVerb(shell: Shell): Command {
  return new Command('describe')
    .summary('show all about a job, queue, flavor, project or schedule')
    .description(
      'Shows all about one job (state and why, attempts, members with their exit codes, outputs, the last events), queue, flavor, project or schedule (its next due times, what became of the last ones).',
    )
    .argument('<kind>', 'job, queue, flavor, project or schedule; or KIND/NAME, or the name of a job')
    .argument('[name]', 'its name')
    .addHelpText(
      'after',
      `
Examples:
  capstan describe job digits-ddp
  capstan describe digits-ddp            a job, too
  capstan describe queue research
  capstan describe flavor a100
  capstan describe project/vision
  capstan describe schedule nightly`,
    )
    .action(async (first: string, name: string | undefined, _options: object, command: Command) => {
      shell.end(await describe(openSession(shell, command), await reference(first, name)));
    });
}

async function reference(first: string, name: string | undefined): Promise<Reference> {
  if (name === undefined) return referenceTo(first, jobKind);
  return referenceTo(name, await kindCalled(first));
}

async function describe(session: Session, { kind, name }: Reference): Promise<number> {
  const client = await session.client();
  const project = await session.project();
  if (isDocument(session.output)) {
    await writeDocument(session.io.stdout, session.output, await kind.get(client, name, project));
    return EXIT.done;
  }
  const look = { now: session.io.now(), paint: session.paint };
  if (kind.name === 'job') session.print(await describeJob(client, { project, job: name }, look));
  else if (kind.name === 'queue') session.print(await describeQueue(client, name, look));
  else if (kind.name === 'flavor') session.print(await describeFlavor(client, name, look));
  else if (kind.name === 'project') session.print(await describeProject(client, name, look));
  else if (kind.name === 'schedule') session.print(await describeSchedule(client, { project, name }, look));
  else
    throw new UsageError(
      `${kind.plural} cannot be described`,
      `\`capstan get ${kind.plural} -o wide\` shows them.`,
    );
  return EXIT.done;
}
