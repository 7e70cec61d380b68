/** Flags that `up`, `server` and `config` share. Their defaults are those of the configuration. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** As given on the command line: what is absent may come from the environment or the file. */
export interface ServerFlags {
  /** `--config`, a path relative to where the command runs. */
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly host?: string | undefined;
  /** 0: any that is free. */
  readonly port?: number | undefined;
  readonly behindTlsProxy?: boolean | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
}

/** The flags of every verb that reads the configuration of a server. */
export function addServerFlags(command: Command): Command {
  return command
    .option('--config <file>', 'settings as YAML; the environment and flags win over it')
    .option('--data <dir>', 'where everything is kept (default: $XDG_DATA_HOME/capstan)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .addOption(
      new Option('--port <number>', 'port to listen on; 0: any that is free (default: 7700)').argParser(port),
    )
    .option('--tls-cert <file>', 'certificate chain (PEM); needed off loopback')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--behind-tls-proxy', 'a proxy in front ends TLS: allow plain text off loopback')
    .addOption(
      new Option('--log-level <level>', 'how much the server logs').choices([
        'debug',
        'info',
        'warn',
        'error',
      ]),
    );
}

/** Only what was given: an absent flag leaves the word to the environment and the file. */
export function serverFlags(given: ServerFlags): ServerFlags {
  const { config, data, host, port, behindTlsProxy, tlsCert, tlsKey, logLevel } = given;
  return { config, data, host, port, behindTlsProxy, tlsCert, tlsKey, logLevel };
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('It must be a port: 0 to 65535.');
}
