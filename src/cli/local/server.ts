/** `capstan server`: its flags. What is secret comes by the environment: flags are seen by every user. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Shell } from '../session.ts';
import { type LogLevel, logLevelOption, portOption } from './options.ts';

/** What was given; the rest comes from the configuration file, the environment and the defaults. */
export interface ServerOptions {
  /** Absolute. */
  readonly config: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly logLevel: LogLevel | undefined;
}

interface Flags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly logLevel?: LogLevel;
}

export function serverVerb(shell: Shell, server: (options: ServerOptions) => Promise<number>): Command {
  return new Command('server')
    .summary('run a server on a PostgreSQL of your own')
    .description(
      'Runs one replica of the server. The database is named by CAPSTAN_DATABASE_URL, not by a flag: flags are seen by every user of the machine.',
    )
    .option('--config <file>', 'configuration file')
    .option('--host <address>', 'address to listen on')
    .addOption(portOption())
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  CAPSTAN_DATABASE_URL=postgres://capstan@db/capstan capstan server --host 0.0.0.0
  capstan server --config /etc/capstan/server.yaml`,
    )
    .action(async ({ config, host, port, logLevel }: Flags) => {
      const path = config === undefined ? undefined : resolve(shell.io.cwd, config);
      shell.end(await server({ config: path, host, port, logLevel }));
    });
}
