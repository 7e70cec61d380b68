/** The verbs that are the server themselves. What they do is given by who wires them. */
import type { Command } from 'commander';
import { LocalError, UsageError } from '../errors.ts';
import type { Shell } from '../session.ts';
import { type ServerOptions, serverVerb } from './server.ts';
import { type UpOptions, upVerb } from './up.ts';

/** Each resolves to the exit code when it has ended. */
export interface LocalVerbs {
  up(options: UpOptions): Promise<number>;
  server(options: ServerOptions): Promise<number>;
}

export function localVerbs(shell: Shell, verbs: LocalVerbs): readonly Command[] {
  return [upVerb(shell, reported(verbs.up)), serverVerb(shell, reported(verbs.server))];
}

/** What these throw says itself what to do; it is no defect of the command line. */
function reported<T>(verb: (options: T) => Promise<number>): (options: T) => Promise<number> {
  return async (options) => {
    try {
      return await verb(options);
    } catch (error) {
      throw error instanceof UsageError ? error : new LocalError(error);
    }
  };
}
