/** What may come next on a command line, from the program itself: one logic for every shell. Pure. */
import type { Command, Option } from 'commander';
import { OBJECT_WORDS } from './kinds/words.ts';

export interface Candidates {
  readonly words: readonly string[];
  /** Names of these are wanted, too: they are asked from the server. */
  readonly names: 'job' | 'schedule' | 'queue' | 'flavor' | undefined;
  /** Nothing is known: the shell completes files. */
  readonly files: boolean;
}

const NOTHING: Candidates = { words: [], names: undefined, files: false };

/** @param words after `capstan`; the last is what has been typed so far, maybe nothing */
export function candidates(program: Command, words: readonly string[]): Candidates {
  const typed = words.at(-1) ?? '';
  const { command, operands } = descend(program, words.slice(0, -1));
  const waiting = optionBefore(program, command, words.at(-2));
  const found = waiting ? valuesOf(waiting) : nextWords(program, command, { typed, operands });
  return { ...found, words: found.words.filter((word) => word.startsWith(typed)).sort() };
}

/** The verb that the words lead to, and what follows it. */
function descend(
  program: Command,
  words: readonly string[],
): { command: Command; operands: readonly string[] } {
  let command = program;
  const operands: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word.startsWith('-')) {
      if (optionBefore(program, command, word)) index += 1;
      continue;
    }
    const sub = operands.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
    if (sub) command = sub;
    else operands.push(word);
  }
  return { command, operands };
}

/** The option that takes the next word as its value. */
function optionBefore(program: Command, command: Command, word: string | undefined): Option | undefined {
  if (word === undefined) return undefined;
  const known = [...command.options, ...program.options];
  return known.find(({ required, short, long }) => required && (word === short || word === long));
}

function valuesOf({ argChoices, long }: Option): Candidates {
  if (argChoices) return { ...NOTHING, words: argChoices };
  return { ...NOTHING, files: /^--(file|key-file|to|data|config|workdir)$/.test(long ?? '') };
}

function nextWords(
  program: Command,
  command: Command,
  { typed, operands }: { typed: string; operands: readonly string[] },
): Candidates {
  if (typed.startsWith('-')) return { ...NOTHING, words: flagsOf(program, command) };
  if (command.commands.length > 0) {
    const verbs = command.commands.filter((sub) => !sub.name().startsWith('_'));
    return { ...NOTHING, words: verbs.map((sub) => sub.name()) };
  }
  const argument =
    command.registeredArguments[Math.min(operands.length, command.registeredArguments.length - 1)];
  const name = argument?.name();
  if (argument?.argChoices) return { ...NOTHING, words: argument.argChoices };
  if (name === 'kind') return { ...NOTHING, words: OBJECT_WORDS };
  return { ...NOTHING, names: namesOf(name, operands[0]) };
}

/** @param name of the argument that comes next @param first the first operand, for the verbs that begin with a kind */
function namesOf(name: string | undefined, first: string | undefined): Candidates['names'] {
  if (name === 'job' || name === 'jobs') return 'job';
  if (name === 'schedules') return 'schedule';
  const kind = name === 'names' ? (first ?? 'job') : name === 'name' ? (first ?? '') : '';
  if (kind.startsWith('j')) return 'job';
  if (/^(q|queues?)$/.test(kind)) return 'queue';
  if (/^(fl|flavors?)$/.test(kind)) return 'flavor';
  return kind.startsWith('sched') ? 'schedule' : undefined;
}

function flagsOf(program: Command, command: Command): readonly string[] {
  const all = [...command.options, ...program.options].filter((option) => !option.hidden);
  return [...new Set(all.flatMap(({ long }) => (long ? [long] : [])))];
}
