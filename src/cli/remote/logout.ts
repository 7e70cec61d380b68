/** `capstan logout`: ends the session at the server, and forgets it here. */
import { Command } from 'commander';
import { findContext, readContexts, withContext, writeContexts } from '../context-file.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import { ApiError } from './client-errors.ts';

export function logoutVerb(shell: Shell): Command {
  return new Command('logout')
    .summary('end the session of a context')
    .description(
      'Ends the session of the current context (or of --context) at the server and forgets it here; a key of the context is forgotten, not revoked.',
    )
    .addHelpText(
      'after',
      `
Examples:
  capstan logout
  capstan logout --context prod`,
    )
    .action(async (_options: object, command: Command) => {
      const session = openSession(shell, command);
      const all = await readContexts(shell.env);
      const name = session.flags.context ?? all.current;
      if (name === undefined) throw new UsageError('no context is current', '`capstan login` makes one.');
      const { session: signedIn, key: _key, keyFile: _file, ...rest } = findContext(all, name);
      if (signedIn) await endAtServer(session);
      await writeContexts(shell.env, withContext(await readContexts(shell.env), rest, false));
      session.print(`signed out of context/${name}`);
      shell.end(EXIT.done);
    });
}

/** A session that has ended already is what was wanted. */
async function endAtServer(session: Session): Promise<void> {
  try {
    const client = await session.client();
    const { credential } = await client.call('auth.whoami', {});
    if (credential !== undefined) await client.call('session.end', { session: credential });
  } catch (error) {
    const ended = error instanceof UsageError || (error instanceof ApiError && error.status === 401);
    if (!ended) throw error;
  }
}
