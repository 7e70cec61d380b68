/** `capstan doctor`: what is wrong with the installation on this machine, and how to mend it. */
import { Command } from 'commander';
import { isDocument, type OutputFormat, writeDocument } from '../output/document.ts';
import { paintFor, wantsColour } from '../output/paint.ts';
import type { Shell } from '../session.ts';
import { type ServerFlags, serverFlags } from './options.ts';

export interface Diagnosed {
  /** What was looked at: `data`, `database`, `tls`, … */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly what: string;
  /** What comes of it. */
  readonly why?: string | undefined;
  /** How to mend it. */
  readonly next?: string | undefined;
}

export type Diagnose = (flags: ServerFlags) => Promise<readonly Diagnosed[]>;

export function doctorVerb(shell: Shell, diagnose: Diagnose): Command {
  const command = new Command('doctor')
    .summary('say what is wrong with an installation, and how to mend it')
    .description(
      'Looks at the data directory, keys, database, certificate and configuration of a server on this machine, and changes nothing. It needs no server, and disturbs none. Exit code 1: there is an error.',
    )
    .addHelpText(
      'after',
      `
Examples:
  capstan doctor                                the installation of \`capstan up\`
  capstan doctor --data /var/lib/capstan        of another directory
  capstan doctor --config server.yaml -o json   of \`capstan server\`, for programs`,
    );
  command
    .option('--config <file>', 'settings of the server')
    .option('--data <dir>', 'its data directory (default: $XDG_DATA_HOME/capstan)')
    .option('--tls-cert <file>', 'its certificate (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)');
  return command.action(async (_options: object, ran: Command) => {
    const { output, ...given } = ran.optsWithGlobals<ServerFlags & { output?: OutputFormat }>();
    const findings = await diagnose(serverFlags(given));
    if (isDocument(output)) await writeDocument(shell.io.stdout, output, findings);
    else shell.io.stdout.write(`${lines(findings, shell).join('\n')}\n`);
    shell.end(findings.some(({ level }) => level === 'error') ? 1 : 0);
  });
}

function lines(findings: readonly Diagnosed[], { io, env }: Shell): string[] {
  const paint = paintFor(wantsColour(io.stdout, env, undefined));
  const marks = { ok: 'ok     ', warning: 'warning', error: paint.error('error  ') };
  const each = findings.flatMap(({ check, level, what, why, next }) => [
    `${marks[level]}  ${check}: ${what}`,
    ...(why ? [`         why: ${why}`] : []),
    ...(next ? [`         next: ${next}`] : []),
  ]);
  const count = (level: Diagnosed['level']) => findings.filter((found) => found.level === level).length;
  return [...each, `${count('error')} errors, ${count('warning')} warnings, ${count('ok')} ok`];
}
