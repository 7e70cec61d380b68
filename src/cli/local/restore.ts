/** `capstan restore`: its flags. */
import { Command } from 'commander';
import { isDocument, type OutputFormat, writeDocument } from '../output/document.ts';
import { oneLine } from '../output/safe-text.ts';
import type { Shell } from '../session.ts';

export interface RestoreOptions {
  readonly file: string;
  readonly data: string;
  readonly withKeys: boolean;
  readonly oldIsGone: boolean;
}

export interface RestoreFacts {
  /** Where it is now. */
  readonly data: string;
  readonly rows: number;
  readonly blobs: number;
  readonly withKeys: boolean;
  /** Those that held processes when the backup was taken, and what they are now. */
  readonly jobs: readonly {
    readonly project: string;
    readonly name: string;
    readonly was: string;
    readonly state: string;
  }[];
}

export function restoreVerb(
  shell: Shell,
  restore: (options: RestoreOptions) => Promise<RestoreFacts>,
): Command {
  return new Command('restore')
    .summary('make an installation of a backup')
    .description(
      'Checks a backup whole, then makes an installation of it in an empty directory. Event cursors of the old one end (410). Jobs that ran when the backup was taken are suspended, since they may still run there.',
    )
    .argument('<file>', 'a file that `capstan backup` wrote')
    .requiredOption('--data <dir>', 'an empty directory, or one that is not there yet')
    .option(
      '--with-keys',
      'with the keys in it, under their passphrase (CAPSTAN_BACKUP_PASSPHRASE, or asked for)',
    )
    .option('--old-is-gone', 'nothing of the old installation runs any more: what ran then runs again')
    .addHelpText(
      'after',
      `
Examples:
  capstan restore monday.capstan --data ./restored && capstan up --data ./restored
  capstan restore monday.capstan --data ./restored --old-is-gone`,
    )
    .action(async (file: string, _options: object, ran: Command) => {
      const flags = ran.optsWithGlobals<{
        data: string;
        withKeys?: true;
        oldIsGone?: true;
        output?: OutputFormat;
      }>();
      const { data, withKeys = false, oldIsGone = false, output } = flags;
      const facts = await restore({ file, data, withKeys, oldIsGone });
      if (isDocument(output)) await writeDocument(shell.io.stdout, output, facts);
      else shell.io.stdout.write(text(facts));
      shell.end(0);
    });
}

function text({ data, rows, blobs, jobs, withKeys }: RestoreFacts): string {
  const lines = [
    `${rows} rows and ${blobs} files are restored in ${data}`,
    ...jobs.map(({ project, name, was, state }) =>
      oneLine(`  job ${project}/${name} was ${was}, is ${state} now`),
    ),
    ...(withKeys ? [] : ['  no keys were restored: the first start makes one for the administrator']),
    `  next     capstan up --data ${data}`,
  ];
  return `${lines.join('\n')}\n`;
}
