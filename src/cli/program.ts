/**
 * The command line: its verbs, its global flags and its exit codes. Verbs load what is heavy only
 * when they run, so that help and completion stay fast.
 */
import { type Argument, Command, CommanderError, Option } from 'commander';
import { EXIT } from './exit-codes.ts';
import type { Env, Io } from './io.ts';
import { auditFindingsVerb } from './local/audit-findings.ts';
import { auditVerifyVerb } from './local/audit-verify.ts';
import type { DiagnoseServer } from './local/doctor.ts';
import { replayVerb } from './local/replay.ts';
import { type LocalVerbs, localVerbs } from './local/verbs.ts';
import { OUTPUT_FORMATS } from './output/document.ts';
import { findOnServer, verifyOnServer } from './remote/audit.ts';
import { decisionsOnServer } from './remote/decisions.ts';
import { HIDDEN_VERBS, REMOTE_VERBS } from './remote/verbs.ts';
import { report } from './report.ts';
import type { Shell } from './session.ts';

export interface ProgramOptions {
  readonly local: LocalVerbs;
  readonly io: Io;
  readonly env: Env;
  /** Of this program. */
  readonly version: string;
  /** Between tries of a broken connection; real time when absent. */
  readonly pause?: Shell['pause'];
}

const EPILOGUE = `
Environment:
  CAPSTAN_SERVER                    address of the server, such as https://capstan.example
  CAPSTAN_KEY or CAPSTAN_KEY_FILE   the key, or a file that holds it (there is no flag for a key)
  CAPSTAN_PROJECT                   the project
  These win over the context (\`capstan context\`), flags win over them. NO_COLOR is honoured.

Exit codes:
  0    done (with --wait, --follow, watch: the job succeeded)
  1    the job failed or was cancelled
  2    wrong use, or a file that is not valid: nothing was sent
  3    the server refused (4xx)
  4    the server cannot be reached, or failed (network, 5xx)
  130  stopped by Ctrl-C (a job that was followed goes on)

Examples:
  capstan up                                    start everything on this machine
  capstan run --name hello -- echo hello        run a command as a job
  capstan submit -f job.yaml --follow           submit a file and watch it
  capstan get jobs                              list`;

/** The program, ready to parse; `end` is told the exit code of the verb that ran. */
export function createProgram(
  options: ProgramOptions,
  end: (code: number) => void = () => undefined,
): Command {
  const { io, env, version, pause, local } = options;
  const shell: Shell = { io, env, version, end, pause };
  const program = new Command('capstan')
    .description('Runs AI jobs, and says why they wait or fail.')
    .version(version, '--version', 'print the version of this program')
    .addHelpText('after', EPILOGUE);
  addGlobalOptions(program);
  for (const [heading, verbs] of Object.entries(REMOTE_VERBS)) {
    program.commandsGroup(heading);
    for (const make of verbs) program.addCommand(make(shell));
  }
  program.commands
    .find((verb) => verb.name() === 'audit')
    ?.addCommand(auditVerifyVerb(shell, verifyOnServer))
    .addCommand(auditFindingsVerb(shell, findOnServer));
  const examine: DiagnoseServer = async (...at) =>
    (await import('./remote/doctor.ts')).examineFromHere(...at);
  program.commandsGroup('Look:').addCommand(replayVerb(shell, decisionsOnServer));
  program.commandsGroup('Serve:');
  for (const verb of localVerbs(shell, local, examine)) program.addCommand(verb);
  for (const make of HIDDEN_VERBS) program.addCommand(make(shell), { hidden: true });
  program.commandsGroup('Help:').helpCommand('help [verb]', 'show the help of a verb');
  prepare(program, io);
  return program;
}

/** Runs one command line. @param argv without the names of runtime and program. Never throws. */
export async function runCli(argv: readonly string[], options: ProgramOptions): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram(options, (ended) => {
    code = ended;
  });
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.done;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, options);
    // Commander has said what is wrong, or shown the help that was asked for.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

function addGlobalOptions(program: Command): void {
  program
    .optionsGroup('Global Options:')
    .option('--server <url>', 'address of the server')
    .option('--key-file <file>', 'file that holds the key')
    .option('-n, --project <project>', 'the project')
    .option('--context <name>', 'server, key and project of this context')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(OUTPUT_FORMATS))
    .option('--request-timeout <duration>', 'longest wait for an answer (default: 30s)')
    .option('--no-color', 'without colours');
}

/** Errors are thrown, not exits; text goes to the given terminal. Subcommands do not inherit it once added. */
function prepare(command: Command, io: Io): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
  });
  command.configureHelp({
    showGlobalOptions: true,
    subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(argumentTerm)].join(' '),
  });
  for (const sub of command.commands) prepare(sub, io);
}

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}
