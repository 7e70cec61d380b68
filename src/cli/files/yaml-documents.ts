/**
 * Parses YAML (and so JSON) so that every problem can be shown at its line and column. Refused:
 * duplicate keys, tags of one's own, and aliases that multiply.
 */
import { type Document, isMap, isPair, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { InvalidInput, type LocatedProblem } from '../errors.ts';
import type { Source } from './source.ts';

export interface Place {
  /** `job.yaml:3:5` */
  readonly where: string;
  /** From the start of the file. */
  readonly offset: number;
}

export interface ParsedDocument {
  readonly value: unknown;
  /** Of the field at a path such as `spec.roles[0].members`, or of what would hold it. */
  locate(path: string): Place;
}

const MOST_ALIASES = 100;

const NEXT = 'Mend the file; `capstan explain job` lists the fields.';

/** Throws InvalidInput with every syntax error there is. Empty documents are left out. */
export function parseYaml(source: Source): readonly ParsedDocument[] {
  const lines = new LineCounter();
  const documents = parse(source, lines);
  const wrong = documents.flatMap((document) => syntaxProblems(document, source, lines));
  if (wrong.length > 0) throw new InvalidInput(source.name, wrong, NEXT);
  const parsed = documents.map((document) => ({ document, value: toValue(document, source) }));
  return parsed
    .filter(({ value }) => value !== null)
    .map(({ document, value }) => ({
      value,
      locate: (path) => {
        const offset = offsetOf(document.contents, path);
        return { where: `${source.name}:${position(lines, offset)}`, offset };
      },
    }));
}

function parse(source: Source, lineCounter: LineCounter): Document.Parsed[] {
  try {
    const parsed = parseAllDocuments(untabbed(source.text), {
      lineCounter,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
      resolveKnownTags: false,
      uniqueKeys: true,
      logLevel: 'silent',
    });
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    throw refused(source, 'less deep nesting', error);
  }
}

/** JSON may be indented by tabs, YAML not; a space for each keeps every position. */
function untabbed(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text;
  return text.replace(/^\t+/gm, (tabs) => ' '.repeat(tabs.length));
}

function syntaxProblems(document: Document.Parsed, source: Source, lines: LineCounter): LocatedProblem[] {
  // What is only a warning to the parser (an unknown tag) would change a value without a word.
  return [...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => ({
    where: `${source.name}:${position(lines, offset)}`,
    path: '',
    expected: 'valid YAML',
    got: message.replace(/\s+at line \d+.*$/s, ''),
  }));
}

function toValue(document: Document.Parsed, source: Source): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw refused(source, 'aliases that are defined, and not many', error);
  }
}

function refused({ name }: Source, expected: string, error: unknown): InvalidInput {
  const got = (error as Error).message;
  return new InvalidInput(name, [{ where: name, path: '', expected, got }], NEXT);
}

function position(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

/**
 * Where the deepest part of the path that exists begins: the key of a field, the start of a list's
 * item. Keys may hold dots (`nvidia.com/gpu`), so at each map the longest key that fits is taken.
 */
function offsetOf(root: Node | null, path: string): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  let rest = path;
  for (;;) {
    const step = isMap(node)
      ? intoMap(node.items, rest)
      : isSeq(node)
        ? intoList(node.items, rest)
        : undefined;
    if (!step) return offset;
    offset = step.offset;
    node = step.node;
    rest = step.rest;
  }
}

interface Step {
  readonly offset: number;
  readonly node: unknown;
  readonly rest: string;
}

function intoMap(pairs: readonly unknown[], rest: string): Step | undefined {
  const fitting = pairs.filter(isPair).flatMap((pair) => {
    const key = pair.key as { value?: unknown; range?: readonly [number, number, number] };
    const name = String(key?.value ?? '');
    if (name === '' || !/^($|[.[])/.test(rest.startsWith(name) ? rest.slice(name.length) : '?')) return [];
    const after = rest.slice(name.length).replace(/^\./, '');
    return [{ name, step: { offset: key.range?.[0] ?? 0, node: pair.value, rest: after } }];
  });
  return fitting.sort((a, b) => b.name.length - a.name.length)[0]?.step;
}

function intoList(items: readonly unknown[], rest: string): Step | undefined {
  const match = /^\[(\d+)\]\.?/.exec(rest);
  const node = match ? (items[Number(match[1])] as { range?: readonly number[] } | undefined) : undefined;
  if (!match || !node) return undefined;
  return { offset: node.range?.[0] ?? 0, node, rest: rest.slice(match[0].length) };
}
