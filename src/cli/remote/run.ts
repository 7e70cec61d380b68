/** `capstan run`: a command as a job, without a file. */
import { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import type { JobFlags } from '../files/flags-to-spec.ts';
import { isDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { JOB_TYPES } from './kinds/kind.ts';
import { pairs, wholeNumber } from './options.ts';
import { type Attendance, sendJobs } from './send-jobs.ts';

interface RunOptions extends JobFlags, Attendance {
  readonly name?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly detach?: boolean;
  readonly dryRun?: boolean;
}

export function runVerb(shell: Shell): Command {
  const verb = new Command('run')
    .summary('run a command as a job')
    .description(
      'Runs a command as a job. On a terminal it is followed until it ends (--detach returns at once); otherwise the job is submitted and left to itself, unless --wait or --follow is given.',
    )
    .usage('[options] -- COMMAND [ARGUMENTS...]')
    .argument('<command...>', 'program and arguments, after --')
    .option('--name <name>', 'name of the job; made up when absent')
    .option('--label <key=value>', 'label (may be repeated)', pairs)
    .option('--wait', 'wait for the end; exit code 1 when it failed or was cancelled')
    .option('--follow', 'show events and logs until the end; exit code as --wait')
    .option('-d, --detach', 'submit and return, on a terminal too')
    .option('--dry-run', 'let the server check everything and store nothing');
  return addJobFlags(verb)
    .addHelpText(
      'after',
      `
Examples:
  capstan run -- echo hello
  capstan run --name digits --members 4 --cpu 1 --memory 512Mi -- node train.mjs
  capstan run --gpu 1 --queue research --priority 80 --timeout 2h -- python train.py --epochs 12
  capstan run --env SEED=7 --retries 0 --wait -- ./evaluate.sh`,
    )
    .action(async (words: string[], options: RunOptions, command: Command) => {
      shell.end(await run(openSession(shell, command), words, options));
    });
}

function addJobFlags(verb: Command): Command {
  return verb
    .addOption(new Option('--type <type>', 'kind of work').choices(JOB_TYPES))
    .option('--queue <queue>', "queue (default: the project's own)")
    .option('--priority <number>', '0 to 100', wholeNumber)
    .option('--members <count>', 'members of the gang', wholeNumber)
    .option('--cpu <quantity>', 'CPUs of each member, such as 2 or 500m')
    .option('--memory <quantity>', 'memory of each member, such as 1Gi')
    .option('--gpu <count>', 'GPUs of each member')
    .option('--env <name=value>', 'variable (may be repeated)', pairs)
    .option('--image <image>', 'container image')
    .option('--workdir <dir>', 'where the command starts (default: here)')
    .option('--timeout <duration>', 'of one attempt, such as 30m')
    .option('--retries <count>', 'failed attempts that are followed by another', wholeNumber);
}

async function run(session: Session, words: readonly string[], options: RunOptions): Promise<number> {
  const { name, label, dryRun = false, detach, wait } = options;
  if (detach && (wait || options.follow)) throw new UsageError('--detach contradicts --wait and --follow');
  const { specFromFlags } = await import('../files/flags-to-spec.ts');
  const spec = specFromFlags(options, words, session.io.cwd);
  const job = {
    project: await session.project(),
    spec,
    dryRun,
    ...(name === undefined ? {} : { name }),
    ...(label === undefined ? {} : { labels: label }),
  };
  const byDefault = session.io.stdout.isTTY === true && !detach && !wait && session.output === undefined;
  const follow = options.follow ?? byDefault;
  return sendJobs(session, [job], { wait: wait ?? false, follow, quiet: isDocument(session.output) });
}
