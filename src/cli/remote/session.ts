/** `capstan session`: sign-ins, one's own or everybody's. */
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { age } from '../output/span.ts';
import { openSession, type Shell } from '../session.ts';
import { limitOption } from './options.ts';
import { readPages } from './pages.ts';

export function sessionVerb(shell: Shell): Command {
  return new Command('session')
    .summary('list and end sign-ins')
    .description('Sign-ins: your own, and with session:read those of everybody.')
    .addCommand(listVerb(shell))
    .addCommand(endVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan session list
  capstan session list --all
  capstan session end 0198c0de-0000-7000-8000-000000000001`,
    );
}

interface ListFlags {
  readonly all?: boolean;
  readonly limit: number;
}

function listVerb(shell: Shell): Command {
  return new Command('list')
    .description('Lists sign-ins that have not ended; * is this one.')
    .option('--all', 'of everybody')
    .addOption(limitOption())
    .action(async ({ all = false, limit }: ListFlags, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const { items } = await readPages((page) => client.call('session.list', { ...page, all }), limit);
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, { items });
      else {
        const now = session.io.now();
        const rows = items.map(({ current, id, subject, method, createdAt, expiresAt }) => [
          current ? '*' : '',
          id,
          subject,
          method,
          age(createdAt, now),
          expiresAt,
        ]);
        session.print(columns([['CURRENT', 'ID', 'WHO', 'BY', 'AGE', 'EXPIRES'], ...rows]));
      }
      shell.end(EXIT.done);
    });
}

function endVerb(shell: Shell): Command {
  return new Command('end')
    .description('Ends sign-ins, with their tokens and what is open under them, within two seconds.')
    .argument('<sessions...>', 'ids')
    .action(async (ids: string[], _options: object, command: Command) => {
      const opened = openSession(shell, command);
      const client = await opened.client();
      for (const session of ids) {
        const { ended } = await client.call('session.end', { session });
        opened.print(`session/${session} ${ended ? 'ended' : 'had ended already'}`);
      }
      shell.end(EXIT.done);
    });
}
