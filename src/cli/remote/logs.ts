/** `capstan logs`: what the members of a job wrote. */
import { Command, Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupt } from '../interrupt.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { sayBreak } from './follow.ts';
import { rolesOf } from './job-facts.ts';
import { jobCalled } from './kinds/kinds.ts';
import { logPrinter } from './log-printer.ts';
import { wholeNumber } from './options.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly role?: string;
  readonly member?: number;
  readonly attempt?: number;
  readonly tail?: number;
  readonly timestamps?: boolean;
  readonly prefix?: boolean;
}

export function logsVerb(shell: Shell): Command {
  return new Command('logs')
    .summary("show a job's logs")
    .description('Shows what the members of a job wrote, merged by time; by default of its latest attempt.')
    .argument('<job>', 'name, job/NAME or uid')
    .option('-f, --follow', 'go on until the job has ended, through its attempts')
    .option('--role <role>', 'only members of this role')
    .option('--member <index>', 'only the member of this index within its role', wholeNumber)
    .option('--attempt <number>', 'of this attempt', wholeNumber)
    .option('--tail <lines>', 'only the last lines of each member', wholeNumber)
    .option('--timestamps', 'with the time of each line')
    .addOption(
      new Option('--prefix', 'with [role-index] before each line (default: when there are several members)'),
    )
    .option('--no-prefix', 'never with a prefix')
    .addHelpText(
      'after',
      `
Examples:
  capstan logs digits-ddp                          of all members, merged by time
  capstan logs digits-ddp -f --tail 10             the last lines, then what comes
  capstan logs digits-ddp --role worker --member 2 of one member
  capstan logs digits-ddp --attempt 1 --timestamps of an earlier attempt`,
    )
    .action(async (job: string, options: LogsOptions, command: Command) => {
      shell.end(await logs(openSession(shell, command), await jobCalled(job), options));
    });
}

async function logs(session: Session, job: string, options: LogsOptions): Promise<number> {
  const { follow, role, member, attempt, tail, timestamps = false } = options;
  const client = await session.client();
  const project = await session.project();
  const prefix = options.prefix ?? (await hasSeveral(session, { project, job }, options));
  const print = logPrinter(session, { prefix, timestamps });
  const input = { project, job, role, member, attempt, tail, follow: follow ?? false };
  return untilInterrupt(session.io, async (interruption) => {
    const how = { signal: interruption.signal, onBreak: sayBreak(session) };
    for await (const line of client.stream('job.logs', input, how)) print(line);
    print.end();
    return interruption.interrupted ? EXIT.interrupted : EXIT.done;
  });
}

/** Whether lines of more than one member may come. */
async function hasSeveral(
  session: Session,
  address: { project: string; job: string },
  { role, member }: LogsOptions,
): Promise<boolean> {
  const client = await session.client();
  const job = await client.call('job.get', address);
  const asked = rolesOf(job).filter(({ name }) => role === undefined || name === role);
  const counts = asked.map(({ members = 1 }) => (typeof members === 'number' ? members : members.max));
  if (member !== undefined) return asked.length > 1;
  return counts.reduce((sum, count) => sum + count, 0) > 1;
}
