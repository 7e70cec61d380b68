/** Flags that several verbs share, parsed the same way everywhere. */
import { InvalidArgumentError, Option } from 'commander';

export const DEFAULT_LIMIT = 100;

/** Most items; 0 means every one. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'most items to show, 0 for all')
    .default(DEFAULT_LIMIT)
    .argParser((text) => {
      const count = wholeNumber(text);
      return count === 0 ? Number.POSITIVE_INFINITY : count;
    });
}

/** From 0 on. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Collects a flag that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `K=V`, several times, into a map; the later wins. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Write it as NAME=VALUE.');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}
