/** `capstan events`: the same as `get events`, which people look for here. */
import { Command } from 'commander';
import { openSession, type Shell } from '../session.ts';
import { type GetOptions, get } from './get.ts';
import { limitOption } from './options.ts';

export function eventsVerb(shell: Shell): Command {
  return new Command('events')
    .summary('show what happened to jobs')
    .description('Shows the events of a job, or of all jobs of the project, the newest at the bottom.')
    .argument('[jobs...]', 'names, job/NAME or uids')
    .option('-A, --all-projects', 'of every project that you may see')
    .addOption(limitOption())
    .option('-w, --watch', 'go on with each new one')
    .addHelpText(
      'after',
      `
Examples:
  capstan events                   of the project
  capstan events digits-ddp        of one job
  capstan events -A -w             of all, as they come`,
    )
    .action(async (jobs: string[], options: GetOptions, command: Command) => {
      shell.end(await get(openSession(shell, command), ['events', ...jobs], options));
    });
}
