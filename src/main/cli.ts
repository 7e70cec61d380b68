/** The `capstan` command: the real terminal, the real environment, and the verbs that are the server. */
import { processIo } from '../cli/io.ts';
import { runCli } from '../cli/program.ts';
import { VERSION } from '../core/version.ts';
import { localVerbs } from './local-verbs.ts';

/** Runs one command line and sets the exit code of the process. */
export async function main(process: NodeJS.Process): Promise<void> {
  const io = processIo(process);
  const { argv, env } = process;
  process.exitCode = await runCli(argv.slice(2), { local: localVerbs(io, env), io, env, version: VERSION });
}
