/** `capstan server`: its flags. What is secret comes by the environment: flags are seen by every user. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Shell } from '../session.ts';
import { DEFAULT_PORT, type LogLevel, logLevelOption, portOption } from './options.ts';

export interface ServerOptions {
  /** Absolute; undefined: the default of the machine and user. */
  readonly data: string | undefined;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly behindTlsProxy: boolean;
  readonly logLevel: LogLevel;
}

interface Flags {
  readonly data?: string;
  readonly host: string;
  readonly port: number;
  readonly behindTlsProxy?: boolean;
  readonly logLevel: LogLevel;
}

export function serverVerb(shell: Shell, server: (options: ServerOptions) => Promise<number>): Command {
  return new Command('server')
    .summary('run a server on a PostgreSQL of your own')
    .description(
      'Runs one replica of the server. The database is named by CAPSTAN_DATABASE_URL, not by a flag: flags are seen by every user of the machine.',
    )
    .option('--data <dir>', 'where keys and files are kept (default: $XDG_DATA_HOME/capstan)')
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(portOption().default(DEFAULT_PORT))
    .option('--behind-tls-proxy', 'a proxy in front ends TLS: allow plain text off loopback')
    .addOption(logLevelOption().default('info'))
    .addHelpText(
      'after',
      `
Examples:
  CAPSTAN_DATABASE_URL=postgres://capstan@db/capstan capstan server
  capstan server --host 0.0.0.0 --behind-tls-proxy --data /var/lib/capstan`,
    )
    .action(async ({ data, host, port, behindTlsProxy = false, logLevel }: Flags) => {
      const dir = data === undefined ? undefined : resolve(shell.io.cwd, data);
      shell.end(await server({ data: dir, host, port, behindTlsProxy, logLevel }));
    });
}
