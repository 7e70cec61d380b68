/** `capstan login`: by the issuer that the server trusts, or by a key. What was got is kept in a context. */

import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { type Context, readContexts, withContext, writeContexts } from '../context-file.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { type Client, createClient } from './client.ts';
import { signInWithDevice } from './device-flow.ts';
import { serverAddress } from './server-address.ts';

export function loginVerb(shell: Shell): Command {
  return new Command('login')
    .summary('sign in, and keep it as a context')
    .description(
      'Signs in: with --key-file by that key, otherwise at the issuer that the server trusts: by a code in any browser, or with --browser in one on this machine. The context becomes the current one.',
    )
    .argument('[name]', 'of the context (default: the one of that server, else its host)')
    .option('--browser', 'in a browser on this machine, without a code to compare')
    .addHelpText(
      'after',
      `
Examples:
  capstan login --server https://capstan.example
  capstan login --server https://capstan.example --browser
  capstan login --server https://capstan.example --key-file ci.key
  capstan login                                    again, at the server of the context`,
    )
    .action(async (name: string | undefined, options: { browser?: boolean }, command: Command) => {
      const session = openSession(shell, command);
      const context = await contextFor(session, name);
      const { keyFile } = session.flags;
      if (keyFile !== undefined && options.browser)
        throw new UsageError('--browser and --key-file are two ways to sign in', 'Choose one of them.');
      const signedIn =
        keyFile === undefined
          ? await byIssuer(shell, session, { context, browser: options.browser === true })
          : await byKey(shell, context, resolve(session.io.cwd, keyFile));
      const path = await writeContexts(
        shell.env,
        withContext(await readContexts(shell.env), signedIn.context, true),
      );
      session.print(`signed in as ${signedIn.id}; context/${signedIn.context.name} in ${path} is current`);
      shell.end(EXIT.done);
    });
}

/** Which server to sign in at, and what else of its context stays. */
async function contextFor({ flags, env }: Session, name: string | undefined): Promise<Context> {
  const all = await readContexts(env);
  const wanted = name ?? flags.context;
  const known = all.contexts.find((context) => context.name === (wanted ?? all.current));
  const written = flags.server ?? (env.CAPSTAN_SERVER || known?.server);
  if (!written) throw new UsageError('no server is given', 'Name it: `capstan login --server URL`.');
  const server = serverAddress(written);
  const same = all.contexts.find((context) => serverAddress(context.server) === server);
  const of = wanted === undefined ? same : known;
  const project = flags.project ?? of?.project;
  return {
    name: wanted ?? of?.name ?? new URL(server).hostname,
    server,
    ...(project === undefined ? {} : { project }),
  };
}

interface SignedIn {
  readonly id: string;
  readonly context: Context;
}

async function byKey(shell: Shell, context: Context, keyFile: string): Promise<SignedIn> {
  const { keyFrom } = await import('../settings.ts');
  const { id } = await clientOf(shell, context, await keyFrom(keyFile)).call('auth.whoami', {});
  return { id, context: { ...context, keyFile } };
}

async function byIssuer(
  shell: Shell,
  session: Session,
  { context, browser }: { readonly context: Context; readonly browser: boolean },
): Promise<SignedIn> {
  const client = clientOf(shell, context, undefined);
  const { oidc } = await client.call('auth.settings', {});
  if (!oidc) {
    throw new UsageError(
      'this server trusts no issuer',
      'Sign in by a key: `capstan login --key-file FILE`.',
    );
  }
  const { id, token, endsAt, refresh } = browser
    ? await inBrowser(client, session)
    : await client.call('auth.oidc', { idToken: await byDevice(shell, session, oidc) });
  return { id, context: { ...context, session: { token, endsAt, ...(refresh && { refresh }) } } };
}

async function inBrowser(client: Client, session: Session) {
  const { signInWithBrowser } = await import('./browser-flow.ts');
  const show = (url: string) => session.note(`Sign in in the browser; if none opens, open ${url}`);
  return signInWithBrowser({ client, env: session.env, show });
}

function byDevice(
  shell: Shell,
  session: Session,
  issuer: { issuer: string; clientId: string; scope: string },
) {
  return signInWithDevice({
    ...issuer,
    show: ({ url, code }) => session.note(`Open ${url} in a browser and compare the code: ${code}`),
    pause: shell.pause ?? ((ms) => sleep(ms)),
  });
}

function clientOf({ version, pause }: Shell, { server }: Context, key: string | undefined) {
  return createClient({ server, key, userAgent: `capstan/${version}`, pause });
}
