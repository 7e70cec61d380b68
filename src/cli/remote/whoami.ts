/** `capstan whoami` */
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Shell } from '../session.ts';
import { scopeText } from './scope-text.ts';

export function whoamiVerb(shell: Shell): Command {
  return new Command('whoami')
    .summary('show who you are and what you hold')
    .description('Shows who the server takes you for, your groups, and the roles that you hold where.')
    .addHelpText(
      'after',
      `
Examples:
  capstan whoami
  capstan whoami -o json`,
    )
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const me = await (await session.client()).call('auth.whoami', {});
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, me);
      else if (session.output === 'name') session.print(me.id);
      else {
        session.print(me.id);
        if (me.groups.length > 0) session.print(`groups: ${me.groups.join(', ')}`);
        const held = me.grants.filter(({ role }) => role !== 'signed-in');
        const rows = held.map(({ role, scope }) => [role, scopeText(scope)]);
        if (rows.length === 0) session.note('you hold no role: ask an administrator for one');
        else session.print(columns([['ROLE', 'WHERE'], ...rows]));
      }
      shell.end(EXIT.done);
    });
}
