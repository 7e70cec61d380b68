/** `capstan config check|show`: the configuration of a server, without starting one. */
import { Command } from 'commander';
import { columns } from '../output/columns.ts';
import { isDocument, type OutputFormat, writeDocument } from '../output/document.ts';
import type { Shell } from '../session.ts';
import { addServerFlags, type ServerFlags, serverFlags } from './options.ts';

/** One setting as it would be in force; a secret is already masked. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string | number | boolean | null;
  /** `--host`, `CAPSTAN_HOST`, `capstan.yaml:1:1` or `default`. */
  readonly source: string;
  /** Taken over on SIGHUP. */
  readonly reload: boolean;
}

/** @throws InvalidInput with every problem */
export type ReadSettings = (flags: ServerFlags) => Promise<readonly ShownSetting[]>;

export function configVerb(shell: Shell, read: ReadSettings): Command {
  return new Command('config')
    .summary('check or show the configuration of a server')
    .description('Reads flags, environment and file as `capstan server` would, and starts nothing.')
    .addCommand(checkVerb(shell, read))
    .addCommand(showVerb(shell, read))
    .addHelpText(
      'after',
      `
Examples:
  capstan config check --config server.yaml   every problem at once, exit code 2 when there is one
  capstan config show                         each setting, its value and where it comes from`,
    );
}

function checkVerb(shell: Shell, read: ReadSettings): Command {
  const command = new Command('check').description('say every problem of the configuration');
  return addServerFlags(command).action(async (given: ServerFlags) => {
    const settings = await read(serverFlags(given));
    const said = settings.filter(({ source }) => source !== 'default').length;
    shell.io.stdout.write(`the configuration is valid: ${said} set, the others by default\n`);
    shell.end(0);
  });
}

function showVerb(shell: Shell, read: ReadSettings): Command {
  const command = new Command('show').description('show each setting, its value and where it comes from');
  return addServerFlags(command).action(async (_options: object, ran: Command) => {
    const { output, ...given } = ran.optsWithGlobals<ServerFlags & { output?: OutputFormat }>();
    const settings = await read(serverFlags(given));
    if (isDocument(output)) await writeDocument(shell.io.stdout, output, settings);
    else shell.io.stdout.write(`${table(settings)}\n`);
    shell.end(0);
  });
}

function table(settings: readonly ShownSetting[]): string {
  const rows = settings.map(({ name, value, source }) => [
    name,
    value === null ? '-' : String(value),
    source,
  ]);
  return columns([['NAME', 'VALUE', 'SOURCE'], ...rows]);
}
