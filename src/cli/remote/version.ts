/** `capstan version` */
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';

export function versionVerb(shell: Shell): Command {
  return new Command('version')
    .summary('show the versions of this program and the server')
    .description('Shows the version of this program, and of the server.')
    .option('--client', 'of this program only; asks no server')
    .addHelpText(
      'after',
      `
Examples:
  capstan version
  capstan version --client -o json`,
    )
    .action(async ({ client }: { client?: boolean }, command: Command) => {
      shell.end(
        await showVersion(openSession(shell, command), { own: shell.version, alone: client === true }),
      );
    });
}

async function showVersion(
  session: Session,
  { own, alone }: { own: string; alone: boolean },
): Promise<number> {
  const client = { version: own, runtime: `node ${process.versions.node}` };
  // Known without a server, so said before one is asked.
  if (!isDocument(session.output)) session.print(`client  ${client.version}  (${client.runtime})`);
  const server = alone ? undefined : await (await session.client()).call('system.version', {});
  if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, { client, server });
  else if (server) session.print(`server  ${server.version}  (${server.runtime}, ${server.apiVersion})`);
  return EXIT.done;
}
