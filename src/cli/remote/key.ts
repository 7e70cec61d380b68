/** `capstan key`: API keys. A new key is shown once, and nowhere else. */
import { Command } from 'commander';
import type { KeyView } from '../../contract/identity.ts';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { age } from '../output/span.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { collect, limitOption } from './options.ts';
import { readPages } from './pages.ts';
import { type ScopeFlags, scopeFrom, scopeOptions, scopeText } from './scope-text.ts';
import { handOver } from './secret-out.ts';

export function keyVerb(shell: Shell): Command {
  return new Command('key')
    .summary('make, list, rotate and revoke API keys')
    .description('API keys, for programs. Nobody makes a key with more than they have themselves.')
    .addCommand(createVerb(shell))
    .addCommand(listVerb(shell))
    .addCommand(rotateVerb(shell))
    .addCommand(revokeVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan key create ci --role submitter --in-project vision --expires 90d --to ci.key
  capstan key list
  capstan key rotate ci --grace 1d --to ci.key     the old one is taken for a day
  capstan key revoke ci                            noticed within two seconds`,
    );
}

interface CreateFlags extends ScopeFlags {
  readonly role: readonly string[];
  readonly expires?: string;
  readonly to?: string;
}

function createVerb(shell: Shell): Command {
  const verb = new Command('create')
    .description('Makes a key and shows it, this once.')
    .argument('<name>', 'who uses it')
    .requiredOption('--role <role>', 'a role (may be repeated)', collect)
    .option('--expires <duration>', 'ends after this time, such as 90d (default: never)')
    .option('--to <file>', 'write the key to this file, readable by you only');
  for (const option of scopeOptions()) verb.addOption(option);
  return verb.action(async (name: string, flags: CreateFlags, command: Command) => {
    const session = openSession(shell, command);
    const client = await session.client();
    const input = { name, roles: [...flags.role], ...scopeFrom(flags), expiresIn: flags.expires };
    const { key, ...view } = await client.call('key.create', input);
    await showNew(session, { key, view, to: flags.to }, 'created');
    shell.end(EXIT.done);
  });
}

interface RotateFlags {
  readonly grace?: string;
  readonly to?: string;
}

function rotateVerb(shell: Shell): Command {
  return new Command('rotate')
    .description('Gives a key a new secret and shows it, this once; the old one is taken for the grace.')
    .argument('<key>', 'name or id')
    .option('--grace <duration>', 'how long the old secret is taken as well (default: 1h)')
    .option('--to <file>', 'write the key to this file, readable by you only')
    .action(async (ref: string, { grace, to }: RotateFlags, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const { key, ...view } = await client.call('key.rotate', { key: ref, grace });
      await showNew(session, { key, view, to }, 'rotated');
      shell.end(EXIT.done);
    });
}

async function showNew(
  session: Session,
  { key, view, to }: { key: string; view: KeyView; to: string | undefined },
  done: string,
): Promise<void> {
  if (isDocument(session.output)) {
    await writeDocument(session.io.stdout, session.output, to === undefined ? { ...view, key } : view);
    if (to !== undefined) await handOver(session, key, to);
    return;
  }
  await handOver(session, key, to);
  session.note(`key/${view.name} ${done}: ${view.roles.join(',')} ${scopeText(view.scope)}`);
}

function revokeVerb(shell: Shell): Command {
  return new Command('revoke')
    .description('Ends keys for good, with the tokens made from them and what is open under them.')
    .argument('<keys...>', 'names or ids')
    .action(async (refs: string[], _options: object, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      for (const key of refs) session.print(`key/${(await client.call('key.revoke', { key })).name} revoked`);
      shell.end(EXIT.done);
    });
}

interface ListFlags {
  readonly all?: boolean;
  readonly limit: number;
}

function listVerb(shell: Shell): Command {
  return new Command('list')
    .description('Lists the keys within your scope; never a key itself.')
    .option('--all', 'those that have ended as well')
    .addOption(limitOption())
    .action(async ({ all = false, limit }: ListFlags, command: Command) => {
      const session = openSession(shell, command);
      const client = await session.client();
      const { items } = await readPages((page) => client.call('key.list', { ...page, all }), limit);
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, { items });
      else session.print(columns([HEAD, ...items.map((key) => row(key, session.io.now()))]));
      shell.end(EXIT.done);
    });
}

const HEAD = ['NAME', 'PREFIX', 'ROLES', 'SCOPE', 'STATE', 'AGE', 'EXPIRES', 'BY'];

function row(key: KeyView, now: number): string[] {
  return [
    key.name,
    key.prefix,
    key.roles.join(','),
    scopeText(key.scope),
    key.state,
    age(key.createdAt, now),
    key.expiresAt ?? 'never',
    key.createdBy ?? '-',
  ];
}
