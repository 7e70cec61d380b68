/** `capstan doctor`: what is wrong with the installation on this machine, and how to mend it. */
import { Command } from 'commander';
import type { Diagnosed } from '../../core/doctor/diagnosed.ts';
import { UsageError } from '../errors.ts';
import { isDocument, type OutputFormat, writeDocument } from '../output/document.ts';
import { paintFor, wantsColour } from '../output/paint.ts';
import { oneLine } from '../output/safe-text.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { type ServerFlags, serverFlags } from './options.ts';

export type Diagnose = (flags: ServerFlags) => Promise<readonly Diagnosed[]>;

/** Looks at a server over its API. */
export type DiagnoseServer = (session: Session, version: string) => Promise<readonly Diagnosed[]>;

export function doctorVerb(shell: Shell, diagnose: Diagnose, remote: DiagnoseServer): Command {
  const command = new Command('doctor')
    .summary('say what is wrong with an installation, and how to mend it')
    .description(
      'Looks at the data directory, keys, database, certificate and configuration of a server on this machine, and changes nothing. It needs no server, and disturbs none. With --remote, --server or --context it looks at a server over its API: how it is reached, and, for administrators, what it tells of itself. Exit code 1: there is an error.',
    )
    .addHelpText(
      'after',
      `
Examples:
  capstan doctor                                the installation of \`capstan up\`
  capstan doctor --data /var/lib/capstan        of another directory
  capstan doctor --config server.yaml -o json   of \`capstan server\`, for programs
  capstan doctor --remote                       the server of the current context`,
    );
  command
    .option('--config <file>', 'settings of the server')
    .option('--data <dir>', 'its data directory (default: $XDG_DATA_HOME/capstan)')
    .option('--tls-cert <file>', 'its certificate (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)');
  command.option('--remote', 'look at the server of the context instead of this machine');
  return command.action(async (_options: object, ran: Command) => {
    const { output, ...given } = ran.optsWithGlobals<Given>();
    const findings = isRemote(given)
      ? await remote(openSession(shell, ran), shell.version)
      : await diagnose(serverFlags(given));
    if (isDocument(output)) await writeDocument(shell.io.stdout, output, findings);
    else shell.io.stdout.write(`${lines(findings, shell).join('\n')}\n`);
    shell.end(findings.some(({ level }) => level === 'error') ? 1 : 0);
  });
}

interface Given extends ServerFlags {
  readonly output?: OutputFormat;
  readonly remote?: boolean;
  readonly server?: string;
  readonly context?: string;
}

/** Throws UsageError where both are meant. */
function isRemote({ remote, server, context, ...local }: Given): boolean {
  if (!remote && server === undefined && context === undefined) return false;
  const own = [local.config, local.data, local.tlsCert, local.tlsKey].some((flag) => flag !== undefined);
  if (!own) return true;
  const next = 'Leave out --config, --data, --tls-cert and --tls-key, or --remote, --server and --context.';
  throw new UsageError('this looks at this machine or at a server, not at both', next);
}

function lines(findings: readonly Diagnosed[], { io, env }: Shell): string[] {
  const paint = paintFor(wantsColour(io.stdout, env, undefined));
  const marks = { ok: 'ok     ', warning: 'warning', error: paint.error('error  ') };
  const each = findings.flatMap(({ check, level, what, why, next }) => [
    `${marks[level]}  ${check}: ${oneLine(what)}`,
    ...(why ? [`         why: ${oneLine(why)}`] : []),
    ...(next ? [`         next: ${oneLine(next)}`] : []),
  ]);
  const count = (level: Diagnosed['level']) => findings.filter((found) => found.level === level).length;
  return [...each, `${count('error')} errors, ${count('warning')} warnings, ${count('ok')} ok`];
}
