/** `capstan backup`: its flags, and `capstan backup verify FILE`. */
import { Command } from 'commander';
import { bytes } from '../output/bytes.ts';
import { isDocument, type OutputFormat, writeDocument } from '../output/document.ts';
import type { Shell } from '../session.ts';

export interface BackupOptions {
  readonly to: string;
  readonly data: string | undefined;
  readonly withKeys: boolean;
}

/** What a backup holds. */
export interface BackupFacts {
  readonly file: string;
  /** Of the file. */
  readonly bytes: number;
  readonly rows: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly sha256: string }[];
  readonly blobs: { readonly count: number; readonly bytes: number };
  readonly withKeys: boolean;
}

export interface BackupVerbs {
  backup(options: BackupOptions): Promise<BackupFacts>;
  verifyBackup(file: string): Promise<BackupFacts>;
}

export function backupVerb(shell: Shell, verbs: BackupVerbs): Command {
  return new Command('backup')
    .summary('save a whole installation into one file, while it runs')
    .description(
      'Saves every table as one moment saw it, with logs and outputs, into one file that `capstan restore` reads. Nobody waits for it. Keys stay out unless asked for.',
    )
    .option('--to <file>', 'the file to make; one that is there is never overwritten')
    .option('--data <dir>', 'the data directory of the installation (default: $XDG_DATA_HOME/capstan)')
    .option(
      '--with-keys',
      'with keys and sessions, sealed under a passphrase (CAPSTAN_BACKUP_PASSPHRASE, or asked for)',
    )
    .addHelpText(
      'after',
      `
Examples:
  capstan backup --to monday.capstan
  capstan backup --to monday.capstan --with-keys
  CAPSTAN_DATABASE_URL=postgres://capstan@db/capstan capstan backup --to monday.capstan
  capstan backup verify monday.capstan`,
    )
    .action(async (_options: object, ran: Command) => {
      const { to, data, withKeys = false, output } = ran.optsWithGlobals<Partial<BackupOptions> & Output>();
      if (to === undefined) ran.error('error: --to FILE is needed: where the backup is to be written');
      await print(shell, await verbs.backup({ to, data, withKeys }), { verb: 'saved to', output });
    })
    .addCommand(verifyVerb(shell, verbs));
}

interface Output {
  readonly output?: OutputFormat;
}

function verifyVerb(shell: Shell, { verifyBackup }: BackupVerbs): Command {
  return new Command('verify')
    .description('read all of a backup and compare it with its hashes')
    .argument('<file>', 'a file that `capstan backup` wrote')
    .action(async (file: string, _options: object, ran: Command) => {
      const { output } = ran.optsWithGlobals<Output>();
      await print(shell, await verifyBackup(file), { verb: 'are sound in', output });
    });
}

interface Printing {
  readonly verb: string;
  readonly output: OutputFormat | undefined;
}

async function print(shell: Shell, facts: BackupFacts, { verb, output }: Printing): Promise<void> {
  const { stdout } = shell.io;
  if (isDocument(output)) await writeDocument(stdout, output, facts);
  else {
    const { rows, tables, blobs, file, withKeys } = facts;
    const keys = withKeys ? 'with its keys' : 'without keys';
    stdout.write(
      `${rows} rows of ${tables.length} tables and ${blobs.count} files (${bytes(blobs.bytes)}) ${verb} ${file} (${bytes(facts.bytes)}), ${keys}\n`,
    );
  }
  shell.end(0);
}
