/** The verbs that are the server themselves. What they do is given by who wires them. */
import type { Command } from 'commander';
import type { Shell } from '../session.ts';
import { type ServerOptions, serverVerb } from './server.ts';
import { type UpOptions, upVerb } from './up.ts';

/** Each resolves to the exit code when it has ended. */
export interface LocalVerbs {
  up(options: UpOptions): Promise<number>;
  server(options: ServerOptions): Promise<number>;
}

export function localVerbs(shell: Shell, verbs: LocalVerbs): readonly Command[] {
  return [upVerb(shell, verbs.up), serverVerb(shell, verbs.server)];
}
