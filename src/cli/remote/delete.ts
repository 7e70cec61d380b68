/** `capstan delete`: removes what has ended or is not used. Asks first, where somebody can answer. */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { describeError } from '../report.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { jobKind } from './kinds/job.ts';
import { type Reference, referenceTo } from './kinds/kinds.ts';
import { onEach, selectedJobs } from './selected-jobs.ts';

interface DeleteOptions {
  readonly selector?: string;
  readonly yes?: boolean;
}

export function deleteVerb(shell: Shell): Command {
  return new Command('delete')
    .summary('remove ended jobs, or queues, projects, grants and schedules')
    .description(
      'Removes the record, logs and outputs of jobs that have ended; or queues, projects, queue grants and schedules, written as KIND/NAME.',
    )
    .argument('[names...]', 'jobs, or KIND/NAME (a queue grant: queuegrant/PROJECT:QUEUE)')
    .option('-l, --selector <selector>', 'every ended job with these labels')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Examples:
  capstan delete digits-ddp
  capstan delete -l sweep=lr -y
  capstan delete queue/research queuegrant/vision:research
  capstan delete schedule/nightly`,
    )
    .action(async (names: string[], options: DeleteOptions, command: Command) => {
      shell.end(await remove(openSession(shell, command), names, options));
    });
}

const ENDED = ['succeeded', 'failed', 'cancelled'];

async function remove(session: Session, names: readonly string[], options: DeleteOptions): Promise<number> {
  const references = await chosen(session, names, options.selector);
  if (references.length === 0) {
    session.note('no such jobs');
    return EXIT.done;
  }
  if (!options.yes && !(await agreed(session, references))) {
    session.note('nothing was deleted');
    return EXIT.interrupted;
  }
  const client = await session.client();
  const project = await session.project();
  const one = async ({ kind, name }: Reference) => {
    if (!kind.remove) throw new UsageError(`${kind.plural} cannot be deleted`);
    await kind.remove(client, name, project);
    session.print(session.output === 'name' ? `${kind.name}/${name}` : `${kind.name}/${name} deleted`);
  };
  return onEach(references, one, (error) => session.note(describeError(error, session.paint).join('\n')));
}

async function chosen(
  session: Session,
  names: readonly string[],
  selector: string | undefined,
): Promise<readonly Reference[]> {
  if (selector === undefined && names.length > 0)
    return Promise.all(names.map((name) => referenceTo(name, jobKind)));
  const jobs = await selectedJobs(session, { names, selector, states: ENDED });
  return jobs.map((name) => ({ kind: jobKind, name }));
}

/** Only where there is somebody to ask. */
async function agreed({ io }: Session, references: readonly Reference[]): Promise<boolean> {
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) return true;
  const { confirm } = await import('@clack/prompts');
  const what =
    references.length === 1
      ? `${references[0]?.kind.name}/${references[0]?.name}`
      : `${references.length} objects`;
  const message = `Delete ${what}? This cannot be undone.`;
  return (await confirm({ message, initialValue: false, input: io.stdin, output: io.stderr })) === true;
}
