/** The `capstan` command: the real terminal, the real environment, and the local verbs. */
import { processIo } from '../cli/io.ts';
import { runCli } from '../cli/program.ts';
import { VERSION } from '../core/version.ts';

/** Runs one command line and sets the exit code of the process. */
export async function main(process: NodeJS.Process): Promise<void> {
  const notYet = async () => {
    process.stderr.write('error: this build has no server in it\n');
    return 70;
  };
  process.exitCode = await runCli(process.argv.slice(2), {
    local: { up: notYet, server: notYet },
    io: processIo(process),
    env: process.env,
    version: VERSION,
  });
}
