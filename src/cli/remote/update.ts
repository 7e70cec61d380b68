/** `capstan update`: changes what may change after submission. */
import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { wholeNumber } from './options.ts';
import { actOnJobs, selectedJobs } from './selected-jobs.ts';

type LabelChanges = Readonly<Record<string, string | null>>;

interface UpdateOptions {
  readonly priority?: number;
  readonly queue?: string;
  readonly label?: LabelChanges;
}

export function updateVerb(shell: Shell): Command {
  return new Command('update')
    .summary("change a job's priority, queue or labels")
    .description('Changes the priority, queue or labels of jobs that have not ended.')
    .argument('<jobs...>', 'names, job/NAME or uids')
    .option('--priority <number>', '0 to 100', wholeNumber)
    .option('--queue <queue>', 'move it to this queue')
    .option(
      '--label <changes>',
      'KEY=VALUE sets, KEY- removes; separated by commas, may be repeated',
      labelChanges,
    )
    .addHelpText(
      'after',
      `
Examples:
  capstan update digits-ddp --priority 90
  capstan update digits-ddp --queue research --label team=ocr,draft-`,
    )
    .action(async (jobs: string[], options: UpdateOptions, command: Command) => {
      shell.end(await update(openSession(shell, command), jobs, options));
    });
}

async function update(session: Session, names: readonly string[], options: UpdateOptions): Promise<number> {
  const { priority, queue, label: labels } = options;
  if (priority === undefined && queue === undefined && labels === undefined) {
    throw new UsageError('nothing to change is given', 'Give --priority, --queue or --label.');
  }
  const client = await session.client();
  const jobs = await selectedJobs(session, { names, states: [] });
  return actOnJobs(session, jobs, {
    act: (address) => client.call('job.update', { ...address, priority, queue, labels }),
    done: () => 'updated',
  });
}

/** `team=ocr,draft-`; null removes. */
function labelChanges(text: string, before: LabelChanges = {}): LabelChanges {
  const parts = text.split(',').filter((part) => part !== '');
  return { ...before, ...Object.fromEntries(parts.map(labelChange)) };
}

function labelChange(part: string): [string, string | null] {
  const equals = part.indexOf('=');
  if (equals > 0) return [part.slice(0, equals), part.slice(equals + 1)];
  if (equals < 0 && part.length > 1 && part.endsWith('-')) return [part.slice(0, -1), null];
  throw new InvalidArgumentError('Write KEY=VALUE to set a label, KEY- to remove it.');
}
