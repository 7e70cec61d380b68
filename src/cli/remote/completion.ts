/** `capstan completion`: scripts for shells. They ask the program itself (`__complete`) what may come next. */
import { Argument, Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { openSession, type Session, type Shell } from '../session.ts';
import type { Candidates } from './candidates.ts';
import type { Client } from './client.ts';
import { flavorKind } from './kinds/flavor.ts';
import { listJobs } from './kinds/job.ts';
import type { Filter, Listed } from './kinds/kind.ts';
import { queueKind } from './kinds/queue.ts';
import { listSchedules } from './kinds/schedule.ts';

const BASH = `# capstan completion for bash: source <(capstan completion bash)
_capstan() {
  local IFS=$'\\n'
  COMPREPLY=($(capstan __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _capstan capstan
`;

const ZSH = `#compdef capstan
# capstan completion for zsh: source <(capstan completion zsh)
_capstan() {
  local -a found
  found=("\${(@f)$(capstan __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( \${#found} )); then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = "_capstan" ]; then _capstan; else compdef _capstan capstan; fi
`;

const FISH = `# capstan completion for fish: capstan completion fish | source
function __capstan_complete
  set -l words (commandline -opc) (commandline -ct)
  capstan __complete -- $words[2..-1] 2>/dev/null
end
complete -c capstan -a '(__capstan_complete)'
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export function completionVerb(shell: Shell): Command {
  return new Command('completion')
    .summary('print a completion script for a shell')
    .description(
      'Prints a completion script; names of jobs, schedules, queues and flavors are completed, too.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      `
Examples:
  source <(capstan completion bash)
  capstan completion fish | source`,
    )
    .action((name: string) => {
      shell.io.stdout.write(SCRIPTS[name] ?? '');
      shell.end(EXIT.done);
    });
}

/** Hidden: called by the scripts at each press of the key. */
export function completeVerb(shell: Shell): Command {
  return new Command('__complete')
    .argument('[words...]')
    .action(async (words: string[], _options: object, command: Command) => {
      const { candidates } = await import('./candidates.ts');
      const program = command.parent ?? command;
      const found = candidates(program, words);
      const names = found.names
        ? await namesOf(found.names, openSession(shell, command), words.at(-1) ?? '')
        : [];
      for (const word of [...found.words, ...names]) shell.io.stdout.write(`${word}\n`);
      shell.end(EXIT.done);
    });
}

const MOST_NAMES = 200;

type List = (
  client: Client,
  filter: Filter,
) => Promise<Listed<{ readonly metadata: { readonly name: string } }>>;

const LISTS: Readonly<Record<NonNullable<Candidates['names']>, List>> = {
  job: listJobs,
  schedule: listSchedules,
  queue: queueKind.list,
  flavor: flavorKind.list,
};

/** Completion says nothing when the server does not answer. */
async function namesOf(
  kind: NonNullable<Candidates['names']>,
  session: Session,
  typed: string,
): Promise<readonly string[]> {
  try {
    const client = await session.client();
    const filter = { project: await session.project(), limit: MOST_NAMES };
    const { items } = await LISTS[kind](client, filter);
    const names = new Set(items.map(({ metadata }) => metadata.name));
    return [...names].filter((name) => name.startsWith(typed));
  } catch {
    return [];
  }
}
