/** `capstan database rotate-password`: its flags. */
import { Command } from 'commander';
import { isDocument, type OutputFormat, writeDocument } from '../output/document.ts';
import type { Shell } from '../session.ts';

export interface RotatePasswordOptions {
  readonly data: string | undefined;
}

/** Resolves with the data directory whose database has a new password. */
export type RotatePassword = (options: RotatePasswordOptions) => Promise<string>;

export function databaseVerb(shell: Shell, rotatePassword: RotatePassword): Command {
  return new Command('database')
    .summary('care for the embedded database')
    .description('Cares for the embedded database of `capstan up`.')
    .addHelpText('after', '\nExamples:\n  capstan database rotate-password')
    .addCommand(rotateVerb(shell, rotatePassword));
}

function rotateVerb(shell: Shell, rotatePassword: RotatePassword): Command {
  return new Command('rotate-password')
    .description(
      'Gives the embedded database a new password, while it runs or while it does not. A running server goes over to it by itself; the old one opens nothing from then on. The password is in no output.',
    )
    .option('--data <dir>', 'the data directory of the installation (default: $XDG_DATA_HOME/capstan)')
    .addHelpText(
      'after',
      '\nExamples:\n  capstan database rotate-password\n  capstan database rotate-password --data ./state',
    )
    .action(async (_options: object, ran: Command) => {
      const { data, output } = ran.optsWithGlobals<{ data?: string; output?: OutputFormat }>();
      const dir = await rotatePassword({ data });
      if (isDocument(output)) await writeDocument(shell.io.stdout, output, { data: dir });
      else shell.io.stdout.write(`the database in ${dir} has a new password\n`);
      shell.end(0);
    });
}
