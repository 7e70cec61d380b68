/** `capstan auth`: what one may do, and which role may do what. */
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Shell } from '../session.ts';

export function authVerb(shell: Shell): Command {
  return new Command('auth')
    .summary('ask what you may do')
    .description('Asks what you may do, and which role may do what; rotates what signs access tokens.')
    .addCommand(canIVerb(shell))
    .addCommand(matrixVerb(shell))
    .addCommand(rotateVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan auth can-i job.submit -n vision --queue research
  capstan auth can-i key.create && capstan key create ci --role submitter
  capstan auth matrix`,
    );
}

function canIVerb(shell: Shell): Command {
  return new Command('can-i')
    .description('Says yes or no, and why; exit code 1 for no. Without a project or queue: anywhere at all.')
    .argument('<operation>', 'such as job.submit; `capstan auth matrix` lists them')
    .option('--queue <queue>', 'for this queue')
    .action(async (operation: string, { queue }: { queue?: string }, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const { project } = session.flags;
      const answer = await client.call('auth.can-i', { operation, project, queue });
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, answer);
      else {
        session.print(answer.allowed ? 'yes' : 'no');
        session.note(answer.why);
      }
      shell.end(answer.allowed ? EXIT.done : EXIT.jobFailed);
    });
}

function matrixVerb(shell: Shell): Command {
  return new Command('matrix')
    .description('Shows every operation with the permission that it needs and the roles that give it.')
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const matrix = await (await session.client()).call('auth.matrix', {});
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, matrix);
      else {
        const head = ['OPERATION', 'PERMISSION', ...matrix.roles.map((role) => role.toUpperCase())];
        const rows = matrix.operations.map(({ name, permission, roles }) => [
          name,
          permission,
          ...matrix.roles.map((role) => (roles.includes(role) ? 'yes' : '-')),
        ]);
        session.print(columns([head, ...rows]));
      }
      shell.end(EXIT.done);
    });
}

function rotateVerb(shell: Shell): Command {
  return new Command('rotate-signing-key')
    .description(
      'Signs access tokens with a new key from now on; those of the old one stay valid until they end.',
    )
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const { kid } = await (await session.client()).call('auth.rotate-signing-key', {});
      session.print(`tokens are signed by key ${kid} within seconds`);
      shell.end(EXIT.done);
    });
}
