/** `capstan up`: its flags. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Shell } from '../session.ts';
import { DEFAULT_PORT, type LogLevel, logLevelOption, portOption } from './options.ts';

export interface UpOptions {
  /** Absolute; undefined: the default of the machine and user. */
  readonly data: string | undefined;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** `json`: one object with address and key file, for programs. */
  readonly output: 'json' | undefined;
  /** As root: whom jobs run as. */
  readonly jobsUser: JobsUser | undefined;
  readonly logLevel: LogLevel;
}

export interface JobsUser {
  readonly uid: number;
  readonly gid: number;
}

interface Flags {
  readonly data?: string;
  readonly host: string;
  readonly port: number;
  readonly jobsUser?: JobsUser;
  readonly logLevel: LogLevel;
  readonly output?: string;
}

export function upVerb(shell: Shell, up: (options: UpOptions) => Promise<number>): Command {
  return new Command('up')
    .summary('start server, database and agent on this machine')
    .description(
      'Starts a server, an embedded PostgreSQL and a local agent on this machine, prints the address and where the key is, and runs until Ctrl-C.',
    )
    .option('--data <dir>', 'where everything is kept (default: $XDG_DATA_HOME/capstan)')
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(portOption().default(DEFAULT_PORT))
    .addOption(new Option('--jobs-user <uid[:gid]>', 'as root: whom jobs run as').argParser(jobsUser))
    .addOption(logLevelOption().default('warn'))
    .addHelpText(
      'after',
      `
Examples:
  capstan up                            on http://127.0.0.1:7700
  capstan up --port 0 --output json     on any free port, said as JSON
  capstan up --data ./state             with its own state`,
    )
    .action(async (_options: object, command: Command) => {
      shell.end(await up(optionsOf(command.optsWithGlobals<Flags>(), shell)));
    });
}

function optionsOf(flags: Flags, { io }: Shell): UpOptions {
  const { data, host, port, jobsUser, logLevel, output } = flags;
  return {
    data: data === undefined ? undefined : resolve(io.cwd, data),
    host,
    port,
    output: output === 'json' ? 'json' : undefined,
    jobsUser,
    logLevel,
  };
}

/** `UID` or `UID:GID`; the group is of the same number when it is not given. Never root: jobs are not trusted. */
function jobsUser(text: string): JobsUser {
  const match = /^([1-9]\d{0,8})(?::([1-9]\d{0,8}))?$/.exec(text);
  if (!match) throw new InvalidArgumentError('It must be UID or UID:GID, neither of them 0.');
  return { uid: Number(match[1]), gid: Number(match[2] ?? match[1]) };
}
