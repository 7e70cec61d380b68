/** `capstan context`: named servers with their keys and projects. Keys are never shown. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  type Context,
  contextFile,
  findContext,
  readContexts,
  withContext,
  writeContexts,
} from '../context-file.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { columns } from '../output/columns.ts';
import { isDocument, writeDocument } from '../output/document.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { checkedKey, serverAddress } from './server-address.ts';

export function contextVerb(shell: Shell): Command {
  return new Command('context')
    .summary('keep servers, keys and projects by name')
    .description(
      'Keeps servers with their keys and projects by name, in $XDG_CONFIG_HOME/capstan/config.yaml (readable by you only).',
    )
    .addCommand(listVerb(shell))
    .addCommand(showVerb(shell))
    .addCommand(useVerb(shell))
    .addCommand(addVerb(shell))
    .addCommand(removeVerb(shell))
    .addHelpText(
      'after',
      `
Examples:
  capstan context add prod --server https://capstan.example --key-file ~/.capstan.key --project vision
  pass capstan | capstan context add prod --server https://capstan.example --key-stdin
  capstan context use prod`,
    );
}

function listVerb(shell: Shell): Command {
  return new Command('list')
    .description('Lists the contexts; * is the current one.')
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const { current, contexts } = await readContexts(shell.env);
      if (isDocument(session.output)) {
        await writeDocument(session.io.stdout, session.output, {
          current,
          contexts: contexts.map(publicPart),
        });
      } else if (contexts.length === 0) session.note('no contexts; `capstan context add` makes one');
      else {
        const rows = contexts.map(({ name, server, project }) => {
          return [name === current ? '*' : '', name, server, project ?? '-'];
        });
        session.print(columns([['CURRENT', 'NAME', 'SERVER', 'PROJECT'], ...rows]));
      }
      shell.end(EXIT.done);
    });
}

function showVerb(shell: Shell): Command {
  return new Command('show')
    .description('Shows a context, by default the current one; never its key.')
    .argument('[name]')
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const session = openSession(shell, command);
      const all = await readContexts(shell.env);
      const wanted = name ?? all.current;
      if (wanted === undefined)
        throw new UsageError('no context is current', '`capstan context add` makes one.');
      const shown = publicPart(findContext(all, wanted));
      if (isDocument(session.output)) await writeDocument(session.io.stdout, session.output, shown);
      else
        session.print(columns(Object.entries(shown).map(([label, value]) => [`${label}:`, String(value)])));
      shell.end(EXIT.done);
    });
}

function useVerb(shell: Shell): Command {
  return new Command('use')
    .description('Makes a context the current one.')
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const all = await readContexts(shell.env);
      await writeContexts(shell.env, { ...all, current: findContext(all, name).name });
      openSession(shell, command).print(`context/${name} is current`);
      shell.end(EXIT.done);
    });
}

interface AddOptions {
  readonly keyStdin?: boolean;
  readonly use?: boolean;
}

function addVerb(shell: Shell): Command {
  return new Command('add')
    .description(
      'Adds a context, or replaces it. Server, project and key file are given by the global flags; the key itself only by standard input.',
    )
    .argument('<name>')
    .option('--key-stdin', 'read the key from standard input and keep it in the file')
    .option('--use', 'make it the current one (the first always is)')
    .action(async (name: string, options: AddOptions, command: Command) => {
      const session = openSession(shell, command);
      const context = await newContext(session, name, options);
      const all = await readContexts(shell.env);
      const path = await writeContexts(shell.env, withContext(all, context, options.use === true));
      session.print(`context/${name} added to ${path}`);
      shell.end(EXIT.done);
    });
}

async function newContext({ flags, io }: Session, name: string, { keyStdin }: AddOptions): Promise<Context> {
  const { server, keyFile, project } = flags;
  if (server === undefined) throw new UsageError('--server is missing');
  if (keyStdin && keyFile !== undefined) throw new UsageError('--key-stdin contradicts --key-file');
  const key = keyStdin ? checkedKey(await readAll(io.stdin), 'standard input') : undefined;
  return {
    name,
    server: serverAddress(server),
    ...(keyFile === undefined ? {} : { keyFile: resolve(io.cwd, keyFile) }),
    ...(key === undefined ? {} : { key }),
    ...(project === undefined ? {} : { project }),
  };
}

async function readAll(stdin: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) text += String(chunk);
  return text;
}

function removeVerb(shell: Shell): Command {
  return new Command('remove')
    .description('Removes a context.')
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const { current, contexts } = await readContexts(shell.env);
      findContext({ contexts }, name);
      await writeContexts(shell.env, {
        ...(current === undefined || current === name ? {} : { current }),
        contexts: contexts.filter((context) => context.name !== name),
      });
      openSession(shell, command).print(`context/${name} removed from ${contextFile(shell.env)}`);
      shell.end(EXIT.done);
    });
}

/** All but the key and the session. */
function publicPart({ key, session, ...rest }: Context): Record<string, unknown> {
  return {
    ...rest,
    ...(key === undefined ? {} : { key: '(kept in the file)' }),
    ...(session === undefined ? {} : { session: '(kept in the file)' }),
  };
}
