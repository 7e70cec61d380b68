/** `capstan server`: its flags. What is secret comes by the environment or a file: flags are seen by every user. */
import { Command } from 'commander';
import type { Shell } from '../session.ts';
import { addServerFlags, type ServerFlags, serverFlags } from './options.ts';

export interface ServerOptions {
  readonly flags: ServerFlags;
}

export function serverVerb(shell: Shell, server: (options: ServerOptions) => Promise<number>): Command {
  const command = new Command('server')
    .summary('run a server on a PostgreSQL of your own')
    .description(
      'Runs one replica of the server. The database is named by CAPSTAN_DATABASE_URL or the configuration, not by a flag: flags are seen by every user of the machine.',
    )
    .addHelpText(
      'after',
      `
On SIGHUP it reads its configuration again: log level, limits and TLS files change without a restart.

Examples:
  CAPSTAN_DATABASE_URL=postgres://capstan@db/capstan?sslmode=verify-full capstan server
  capstan server --config /etc/capstan/server.yaml
  capstan server --host 0.0.0.0 --tls-cert tls.crt --tls-key tls.key
  capstan server --host 0.0.0.0 --behind-tls-proxy --data /var/lib/capstan`,
    );
  return addServerFlags(command).action(async (given: ServerFlags) => {
    shell.end(await server({ flags: serverFlags(given) }));
  });
}
