/**
 * Which server, whose key, which project: flags before environment before context. A key goes only
 * to the server that it was given for: the context's key is not sent to another address.
 */
import { readFile } from 'node:fs/promises';
import { type Context, findContext, readContexts } from './context-file.ts';
import { UsageError } from './errors.ts';
import type { Env } from './io.ts';
import { checkedKey, serverAddress } from './remote/server-address.ts';

export interface GlobalFlags {
  readonly server?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly project?: string | undefined;
  readonly context?: string | undefined;
  readonly output?: 'table' | 'wide' | 'json' | 'yaml' | 'name' | undefined;
  readonly requestTimeout?: string | undefined;
  /** False by --no-color. */
  readonly color?: boolean | undefined;
}

export interface Settings {
  readonly server: string;
  readonly key: string | undefined;
  /** The project to work in when the object itself names none. */
  readonly project: string;
}

const DEFAULT_PROJECT = 'default';

export async function resolveSettings(flags: GlobalFlags, env: Env): Promise<Settings> {
  const context = await contextFor(flags, env);
  const named = flags.context === undefined ? undefined : context;
  const server = flags.server ?? named?.server ?? (env.CAPSTAN_SERVER || context?.server);
  if (!server) {
    throw new UsageError(
      'no server is set',
      'Set CAPSTAN_SERVER and CAPSTAN_KEY, or `capstan context add NAME --server URL --key-file FILE`.',
    );
  }
  const address = serverAddress(server);
  const own = context && serverAddress(context.server) === address ? context : undefined;
  return {
    server: address,
    key: await keyFor(flags, env, { named: named && own, own }),
    project: flags.project ?? named?.project ?? (env.CAPSTAN_PROJECT || own?.project || DEFAULT_PROJECT),
  };
}

/** The file is not looked at when flags and environment say all that a client needs. */
async function contextFor(flags: GlobalFlags, env: Env): Promise<Context | undefined> {
  const hasServer = flags.server ?? env.CAPSTAN_SERVER;
  const hasKey = flags.keyFile ?? env.CAPSTAN_KEY ?? env.CAPSTAN_KEY_FILE;
  if (flags.context === undefined && hasServer && hasKey) return undefined;
  const all = await readContexts(env);
  const name = flags.context ?? all.current;
  return name === undefined ? undefined : findContext(all, name);
}

interface Candidates {
  /** The context that a flag named. */
  readonly named: Context | undefined;
  /** The context, if it is of the server that is asked. */
  readonly own: Context | undefined;
}

async function keyFor(flags: GlobalFlags, env: Env, { named, own }: Candidates): Promise<string | undefined> {
  if (flags.keyFile !== undefined) return keyFrom(flags.keyFile);
  if (named) return keyOf(named, env);
  if (env.CAPSTAN_KEY) return checkedKey(env.CAPSTAN_KEY, 'CAPSTAN_KEY');
  if (env.CAPSTAN_KEY_FILE) return keyFrom(env.CAPSTAN_KEY_FILE);
  return own && keyOf(own, env);
}

async function keyOf(context: Context, env: Env): Promise<string | undefined> {
  const { name, key, keyFile, session } = context;
  if (session) {
    const { tokenOf } = await import('./kept-session.ts');
    return tokenOf(context, env);
  }
  if (keyFile !== undefined) return keyFrom(keyFile);
  return key === undefined ? undefined : checkedKey(key, `the key of context ${name}`);
}

/** Throws UsageError when it cannot be read, or holds no key. */
export async function keyFrom(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the key file ${path}: ${error.code}`, undefined, error);
  });
  return checkedKey(text, `the key file ${path}`);
}
