/** `capstan result`: what a task returned. */
import { Command } from 'commander';
import { openSession, type Shell } from '../session.ts';
import { jobCalled } from './kinds/kinds.ts';
import { writeResult } from './task.ts';

export function resultVerb(shell: Shell): Command {
  return new Command('result')
    .summary('print what a task returned')
    .description('Writes the result of a task that has succeeded to standard output, as JSON.')
    .argument('<task>', 'name, job/NAME or uid')
    .addHelpText(
      'after',
      `
Examples:
  capstan result 01920000-0000-7000-8000-000000000000 | jq .`,
    )
    .action(async (task: string, _options: object, command: Command) => {
      const session = openSession(shell, command);
      shell.end(await writeResult(session, { project: await session.project(), job: await jobCalled(task) }));
    });
}
