/**
 * The file of contexts: which server, whose key, which project. It may hold keys, so it is
 * readable by its owner only.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { UsageError } from './errors.ts';
import type { Env } from './io.ts';

export interface Context {
  readonly name: string;
  readonly server: string;
  /** Path of a file that holds the key; or the key itself. */
  readonly keyFile?: string | undefined;
  readonly key?: string | undefined;
  readonly project?: string | undefined;
  /** Of `capstan login`, in place of a key. */
  readonly session?:
    | {
        readonly token: string;
        /** Of the token, RFC 3339. */
        readonly endsAt: string;
        /** Gets the next token, once. */
        readonly refresh?: string;
      }
    | undefined;
}

export interface Contexts {
  readonly current?: string | undefined;
  readonly contexts: readonly Context[];
}

const NONE: Contexts = { contexts: [] };

/** `$XDG_CONFIG_HOME/capstan/config.yaml` */
export function contextFile(env: Env): string {
  const configured = env.XDG_CONFIG_HOME;
  const home = env.HOME || homedir();
  const base = configured && isAbsolute(configured) ? configured : join(home, '.config');
  return join(base, 'capstan', 'config.yaml');
}

/** No file is no context. Throws UsageError when it is there and not what it should be. */
export async function readContexts(env: Env): Promise<Contexts> {
  const path = contextFile(env);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new UsageError(`cannot read ${path}: ${error.code}`, undefined, error);
  });
  if (text === undefined) return NONE;
  const { parse } = await import('yaml');
  let parsed: unknown;
  try {
    parsed = parse(text, { maxAliasCount: 0 }) ?? NONE;
  } catch (error) {
    // The parser's message quotes the line, which may hold a key.
    throw new UsageError(`${path} is not YAML`, 'Mend it, or remove it and add the contexts again.', error);
  }
  if (isContexts(parsed)) return parsed;
  throw new UsageError(`${path} is not a file of contexts`, 'Remove it and add the contexts again.');
}

/** Replaces the file at once: a reader sees the old or the new one. */
export async function writeContexts(env: Env, contexts: Contexts): Promise<string> {
  const path = contextFile(env);
  const { stringify } = await import('yaml');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, stringify(contexts), { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return path;
}

/** Adds or replaces one; the first one added is the current one. */
export function withContext(all: Contexts, context: Context, use: boolean): Contexts {
  const others = all.contexts.filter(({ name }) => name !== context.name);
  const current = use || others.length === 0 ? context.name : all.current;
  return { current, contexts: [...others, context] };
}

/** Throws UsageError when there is none of this name. */
export function findContext(all: Contexts, name: string): Context {
  const found = all.contexts.find((context) => context.name === name);
  if (found) return found;
  const known = all.contexts.map((context) => context.name).join(', ') || 'none';
  throw new UsageError(`there is no context ${name}`, `Known: ${known}. \`capstan context add\` makes one.`);
}

function isContexts(value: unknown): value is Contexts {
  const { contexts } = (value ?? {}) as { contexts?: unknown };
  return (
    Array.isArray(contexts) &&
    contexts.every((context) => typeof context?.name === 'string' && typeof context?.server === 'string')
  );
}
