/** Colours, only where somebody sees them (https://no-color.org). */
import { styleText } from 'node:util';
import type { Env, Terminal } from '../io.ts';

type Format = Parameters<typeof styleText>[0];

export interface Paint {
  readonly enabled: boolean;
  state(name: string): string;
  dim(text: string): string;
  bold(text: string): string;
  error(text: string): string;
  /** One colour for each member, by its place. */
  member(place: number, text: string): string;
}

const STATE_COLOURS: Readonly<Record<string, Format>> = {
  running: 'green',
  succeeded: 'green',
  admitted: 'cyan',
  failed: 'red',
  failing: 'red',
  active: 'green',
  cancelled: 'gray',
  unreachable: 'magenta',
  stopping: 'yellow',
  backoff: 'yellow',
  suspended: 'gray',
  pending: 'blue',
};

const MEMBER_COLOURS: readonly Format[] = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'];

export function paintFor(enabled: boolean): Paint {
  const style = (format: Format | undefined, text: string) =>
    enabled && format ? styleText(format, text, { validateStream: false }) : text;
  return {
    enabled,
    state: (name) => style(STATE_COLOURS[name], name),
    dim: (text) => style('dim', text),
    bold: (text) => style('bold', text),
    error: (text) => style('red', text),
    member: (place, text) => style(MEMBER_COLOURS[place % MEMBER_COLOURS.length], text),
  };
}

export function wantsColour(stream: Terminal, env: Env, flag: boolean | undefined): boolean {
  return flag !== false && stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
