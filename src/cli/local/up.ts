/** `capstan up`: its flags. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Shell } from '../session.ts';
import { addServerFlags, type ServerFlags, serverFlags } from './options.ts';

export interface UpOptions {
  readonly flags: ServerFlags;
  /** `json`: one object with address and key file, for programs. */
  readonly output: 'json' | undefined;
  /** As root: whom jobs run as. */
  readonly jobsUser: JobsUser | undefined;
  /** A file of simulated nodes: a path relative to where the command runs, or `-`. */
  readonly nodes: string | undefined;
}

export interface JobsUser {
  readonly uid: number;
  readonly gid: number;
}

interface Flags extends ServerFlags {
  readonly jobsUser?: JobsUser;
  readonly nodes?: string;
  readonly output?: string;
}

export function upVerb(shell: Shell, up: (options: UpOptions) => Promise<number>): Command {
  const command = new Command('up')
    .summary('start server, database and agent on this machine')
    .description(
      'Starts a server, an embedded PostgreSQL and a local agent on this machine, prints the address and where the key is, and runs until Ctrl-C.',
    )
    .addOption(new Option('--jobs-user <uid[:gid]>', 'as root: whom jobs run as').argParser(jobsUser))
    .option('--nodes <file>', 'clusters of simulated nodes as YAML; what runs there only waits')
    .addHelpText(
      'after',
      `
Examples:
  capstan up                            on http://127.0.0.1:7700
  capstan up --port 0 --output json     on any free port, said as JSON
  capstan up --data ./state             with its own state
  capstan up --nodes nodes.yaml         with simulated clusters, to try what would run where
  capstan up --host 10.0.0.5 --tls-cert tls.crt --tls-key tls.key

A file for --nodes:
  clusters:
    - name: sim-a
      nodes:
        - {name: "gpu-{n}", count: 4, allocatable: {cpu: "96", memory: 768Gi, nvidia.com/gpu: 8}, rack: "r{n/2}"}`,
    );
  return addServerFlags(command).action(async (_options: object, ran: Command) => {
    const { jobsUser: user, output, nodes, ...given } = ran.optsWithGlobals<Flags>();
    shell.end(
      await up({
        flags: serverFlags(given),
        output: output === 'json' ? 'json' : undefined,
        jobsUser: user,
        nodes,
      }),
    );
  });
}

/** `UID` or `UID:GID`; the group is of the same number when it is not given. Never root: jobs are not trusted. */
function jobsUser(text: string): JobsUser {
  const match = /^([1-9]\d{0,8})(?::([1-9]\d{0,8}))?$/.exec(text);
  if (!match) throw new InvalidArgumentError('It must be UID or UID:GID, neither of them 0.');
  return { uid: Number(match[1]), gid: Number(match[2] ?? match[1]) };
}
