/** The verbs that are the server themselves. What they need is loaded when they run: help stays fast. */
import { contextFile, readContexts, withContext, writeContexts } from '../cli/context-file.ts';
import { InvalidInput, UsageError } from '../cli/errors.ts';
import type { Env, Io } from '../cli/io.ts';
import type { LocalVerbs } from '../cli/local/verbs.ts';
import type { NodesFile } from '../contract/nodes-file.ts';
import { backupVerbs } from './backup-verbs.ts';

export function localVerbs(io: Io, env: Env): LocalVerbs {
  return {
    up: async ({ flags, output, jobsUser, nodes }) => {
      const { runUp } = await import('./run-up.ts');
      const file = nodes === undefined ? undefined : await readNodes(nodes, io);
      return sayingWhatNext(() =>
        runUp({
          config: { flags, env, cwd: io.cwd, defaults: { logLevel: 'warn' } },
          jobsUser,
          nodes: file,
          output: output ?? 'text',
          rememberContext: (at) => rememberContext(env, io, at),
          stdout: (text) => void io.stdout.write(text),
          stderr: (text) => void io.stderr.write(text),
        }),
      );
    },
    server: async ({ flags }) => {
      const { runServer } = await import('./server.ts');
      return sayingWhatNext(() =>
        runServer({ config: { flags, env, cwd: io.cwd }, stdout: (text) => void io.stdout.write(text) }),
      );
    },
    ...backupVerbs(io, env),
    diagnose: async (flags) => {
      const { diagnose } = await import('./doctor/diagnose.ts');
      return diagnose({ flags, env, cwd: io.cwd }, Date.now);
    },
    rotatePassword: async ({ data }) => {
      const { runRotatePassword } = await import('./rotate-password.ts');
      const say = (line: string) => void io.stderr.write(`${line}\n`);
      return runRotatePassword({ data, env, cwd: io.cwd, say });
    },
    settings: async (flags) => {
      const { shownSettings } = await import('./config/shown.ts');
      return shownSettings({ flags, env, cwd: io.cwd });
    },
  };
}

async function readNodes(path: string, io: Io): Promise<NodesFile> {
  const { readNodesFile } = await import('./nodes-file.ts');
  return readNodesFile(path, io);
}

/** The name of the context that `up` keeps true. */
const LOCAL = 'local';

/** A second terminal just works. A context that a person chose stays the current one. */
async function rememberContext(
  env: Env,
  io: Io,
  at: { readonly server: string; readonly keyFile: string },
): Promise<void> {
  try {
    await writeContexts(env, withContext(await readContexts(env), { name: LOCAL, ...at }, false));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.stderr.write(`The context "${LOCAL}" was not written to ${contextFile(env)}: ${why}\n`);
  }
}

/** Refusals to start are the user's to mend, and carry what to do. */
async function sayingWhatNext(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InvalidInput) throw error;
    if ('next' in error && typeof error.next === 'string')
      throw new UsageError(error.message, error.next, error);
    if ('code' in error && error.code === 'EADDRINUSE') {
      throw new UsageError(
        error.message,
        'Another program listens there: choose another --port, or 0 for any that is free.',
        error,
      );
    }
    throw error;
  }
}
