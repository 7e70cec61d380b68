/** `capstan role`: roles of your own, and who is bound to which role where. */
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Shell } from '../session.ts';
import { collect, limitOption } from './options.ts';
import { readPages } from './pages.ts';
import { type ScopeFlags, scopeFrom, scopeOptions, scopeText } from './scope-text.ts';

export function roleVerb(shell: Shell): Command {
  return new Command('role')
    .summary('make roles, and bind people, groups and services to them')
    .description(
      'Roles and their bindings. Nobody makes a role with an operation that they lack, or binds somebody to more than they have there.',
    )
    .addCommand(listVerb(shell))
    .addCommand(putVerb(shell))
    .addCommand(deleteVerb(shell))
    .addCommand(bindVerb(shell))
    .addCommand(unbindVerb(shell))
    .addCommand(bindingsVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan role put redriver --allow job.get --allow job.list --allow job.redrive
  capstan role bind ocr-team --subject group:ocr --role submitter --in-project vision
  capstan role bindings
  capstan role unbind ocr-team`,
    );
}

function listVerb(shell: Shell): Command {
  return new Command('list')
    .description('Lists roles with what they allow.')
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const { items } = await (await session.client()).call('role.list', {});
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, { items });
      else {
        const rows = items.map(({ name, builtIn, operations }) => [
          name,
          builtIn ? 'yes' : 'no',
          operations.join(','),
        ]);
        session.print(columns([['NAME', 'BUILT IN', 'OPERATIONS'], ...rows]));
      }
      shell.end(EXIT.done);
    });
}

interface PutFlags {
  readonly allow: readonly string[];
  readonly description?: string;
}

function putVerb(shell: Shell): Command {
  return new Command('put')
    .description('Makes a role of your own, or replaces what it allows.')
    .argument('<name>')
    .requiredOption('--allow <operation>', 'an operation, such as job.redrive (may be repeated)', collect)
    .option('--description <text>', 'what it is for')
    .action(async (name: string, { allow, description }: PutFlags, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      await client.call('role.put', { name, operations: [...allow], description });
      session.print(`role/${name} kept`);
      shell.end(EXIT.done);
    });
}

function deleteVerb(shell: Shell): Command {
  return new Command('delete')
    .description('Removes a role of your own that nobody has.')
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const session = openSession(shell, command);
      await (await session.client()).call('role.delete', { name });
      session.print(`role/${name} deleted`);
      shell.end(EXIT.done);
    });
}

interface BindFlags extends ScopeFlags {
  readonly subject: string;
  readonly role: string;
}

function bindVerb(shell: Shell): Command {
  const verb = new Command('bind')
    .description('Binds a user, a group or a service to a role, everywhere or in a scope.')
    .argument('<name>', 'of the binding')
    .requiredOption('--subject <subject>', 'user:NAME, group:NAME or service:NAME')
    .requiredOption('--role <role>', 'built-in or your own');
  for (const option of scopeOptions()) verb.addOption(option);
  return verb.action(async (name: string, flags: BindFlags, command: Command) => {
    const session = openSession(shell, command);
    const { subject, role } = flags;
    const client = await session.client();
    await client.call('binding.put', { name, subject, role, ...scopeFrom(flags) });
    session.print(`rolebinding/${name} kept`);
    shell.end(EXIT.done);
  });
}

function unbindVerb(shell: Shell): Command {
  return new Command('unbind')
    .description('Takes a binding back.')
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const session = openSession(shell, command);
      await (await session.client()).call('binding.delete', { name });
      session.print(`rolebinding/${name} deleted`);
      shell.end(EXIT.done);
    });
}

function bindingsVerb(shell: Shell): Command {
  return new Command('bindings')
    .description('Lists who is bound to which role, within your scope.')
    .addOption(limitOption())
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const { items } = await readPages((page) => client.call('binding.list', page), limit);
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, { items });
      else {
        const rows = items.map(({ name, subject, role, scope }) => [name, subject, role, scopeText(scope)]);
        session.print(columns([['NAME', 'SUBJECT', 'ROLE', 'WHERE'], ...rows]));
      }
      shell.end(EXIT.done);
    });
}
