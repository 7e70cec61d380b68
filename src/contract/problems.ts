/**
 * What is wrong with an input: every problem at once, each with its path, what was expected, what
 * was got, and the nearest known name for an unknown field.
 */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Problem } from './error.ts';

type Path = readonly PropertyKey[];

/** A body of a megabyte can hold a hundred thousand problems; nobody mends so many at once. */
const MOST = 100;

export function problemsOf(error: z.ZodError, input: unknown, schema: z.ZodType): Problem[] {
  const context = { input, known: knownNames(schema) };
  const found = new Map<string, Problem>();
  for (const problem of allOf(error.issues, context)) {
    const key = `${problem.path} ${problem.expected}`;
    if (!found.has(key)) found.set(key, problem);
    if (found.size === MOST) break;
  }
  return [...found.values()];
}

interface Context {
  readonly input: unknown;
  readonly known: (path: Path) => readonly string[];
}

function* allOf(issues: readonly z.core.$ZodIssue[], context: Context): Generator<Problem> {
  for (const issue of issues) yield* fromIssue(issue, issue.path, context);
}

function* fromIssue(issue: z.core.$ZodIssue, path: Path, context: Context): Generator<Problem> {
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) yield unknownField([...path, key], context);
      return;
    case 'invalid_union':
      yield* fromUnion(issue, path, context);
      return;
    case 'invalid_key':
      yield {
        path: written(path),
        expected: issue.issues[0]?.message ?? 'a valid name',
        got: JSON.stringify(nameOf(path.at(-1) ?? '')),
      };
      return;
    case 'invalid_value': {
      const got = at(context.input, path);
      const hint = typeof got === 'string' ? nearest(got, issue.values.map(String)) : undefined;
      yield problem(path, oneOf(issue.values.map(String)), context, hint);
      return;
    }
    default:
      yield problem(path, expectation(issue), context);
  }
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

/**
 * Of a union's alternatives the one that got furthest says best what is wrong: past the type of
 * the value itself, and with the fewest problems inside.
 */
function fromUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, context: Context): Problem[] {
  const fitting = issue.errors.filter((issues) => !issues.some(isOfAnotherType));
  const tries = (fitting.length > 0 ? fitting : issue.errors).map((issues) =>
    issues.flatMap((inner) => [...fromIssue(inner, [...path, ...inner.path], context)]),
  );
  const deeper = tries.filter((problems) => problems.some((found) => found.path !== written(path)));
  if (deeper.length > 0) return deeper.reduce((best, next) => (next.length < best.length ? next : best));
  const expected = [...new Set(tries.flatMap((problems) => problems.map((found) => found.expected)))].join(
    ', or ',
  );
  return [problem(path, expected || 'another value', context)];
}

function isOfAnotherType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === 'invalid_value' || (issue.code === 'invalid_type' && issue.expected !== 'int');
}

/** What a schema says of itself is better than what can be said of its kind. */
function expectation(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too (small|big))/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? `a ${issue.expected}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return `a valid ${issue.format}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  int: 'a whole number',
  boolean: 'true or false',
};

function unitOf(origin: string, count: number | bigint): string {
  const unit = origin === 'string' ? ' character' : origin === 'array' ? ' item' : '';
  return unit === '' || Number(count) === 1 ? unit : `${unit}s`;
}

/** Fields whose values may be secrets, or hold some: whatever is in them is not shown. */
const SECRETIVE = new Set<PropertyKey>(['env', 'command', 'args', 'podTemplate']);

function problem(path: Path, expected: string, context: Context, hint?: string): Problem {
  const value = at(context.input, path);
  const got = path.some((part) => SECRETIVE.has(part)) ? kindOf(value) : shown(value);
  return { path: written(path), expected, got, ...(hint ? { hint } : {}) };
}

/** Its value is not shown: nobody knows what belongs there, it might be a secret under another name. */
function unknownField(path: Path, context: Context): Problem {
  const key = String(path.at(-1));
  const names = context.known(path.slice(0, -1));
  const got = kindOf(at(context.input, path));
  if (names.includes(key)) {
    return { path: written(path), expected: 'left out: it does not go with the other fields here', got };
  }
  const hint = nearest(key, names) ?? (names.length > 0 ? `known here: ${names.join(', ')}` : undefined);
  return { path: written(path), expected: 'a known field', got, ...(hint ? { hint } : {}) };
}

/** A name is near when fewer than half of its letters differ. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || word.length > LONGEST_SHOWN) return undefined;
  const name = closest(word.toLowerCase(), [...names]);
  return distance(word.toLowerCase(), name.toLowerCase()) * 2 <= Math.max(word.length, name.length)
    ? `did you mean ${name}?`
    : undefined;
}

/** `spec.roles[0].members` */
export function written(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = nameOf(part);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** Who writes `TOKEN=value` where a name belongs has written the value too. */
function nameOf(part: PropertyKey): string {
  return shortened(String(part).replace(/=[\s\S]+$/, '=…'));
}

function at(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, input);
}

const LONGEST_SHOWN = 80;

function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function shown(value: unknown): string {
  const simple = ['string', 'number', 'boolean'].includes(typeof value) || value === null;
  return simple ? shortened(JSON.stringify(value)) : kindOf(value);
}

/** What it is, without its value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Record<string, JsonSchema>;
}

/** The names of fields that the schema knows at a path. Its JSON schema is made once, and only when asked. */
function knownNames(schema: z.ZodType): (path: Path) => readonly string[] {
  let made: JsonSchema | undefined;
  const known = new Map<string, readonly string[]>();
  return (path) => {
    made ??= z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const key = JSON.stringify(path);
    const names = known.get(key) ?? namesAt(path, made);
    known.set(key, names);
    return names;
  };
}

function namesAt(path: Path, root: JsonSchema): readonly string[] {
  const reached = path.reduce<readonly JsonSchema[]>(
    (from, key) => from.flatMap((node) => step(resolve(node, root), key, root)),
    [root],
  );
  const options = reached.flatMap((node) => alternatives(resolve(node, root), root));
  return [...new Set(options.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function step(node: JsonSchema, key: PropertyKey, root: JsonSchema): JsonSchema[] {
  return alternatives(node, root).flatMap((option) => {
    const next = typeof key === 'number' ? option.items : option.properties?.[String(key)];
    return next ? [next] : [];
  });
}

function alternatives(node: JsonSchema, root: JsonSchema): JsonSchema[] {
  return node.anyOf ? node.anyOf.map((option) => resolve(option, root)) : [node];
}

function resolve(node: JsonSchema, root: JsonSchema): JsonSchema {
  const name = node.$ref?.replace('#/$defs/', '');
  return name === undefined ? node : (root.$defs?.[name] ?? node);
}
