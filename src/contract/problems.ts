/**
 * What is wrong with an input: every problem at once, each with its path, what was expected, what
 * was got, and the nearest known name for an unknown field.
 */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Problem } from './error.ts';

type Path = readonly PropertyKey[];

export function problemsOf(error: z.ZodError, input: unknown, schema: z.ZodType): Problem[] {
  const known = knownNames(schema);
  const found = error.issues.flatMap((issue) => fromIssue(issue, issue.path, { input, known }));
  const seen = new Set<string>();
  return found.filter(
    ({ path, expected }) => !seen.has(`${path} ${expected}`) && seen.add(`${path} ${expected}`),
  );
}

interface Context {
  readonly input: unknown;
  readonly known: (path: Path) => readonly string[];
}

function fromIssue(issue: z.core.$ZodIssue, path: Path, context: Context): Problem[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...path, key], context));
    case 'invalid_union':
      return fromUnion(issue, path, context);
    case 'invalid_key':
      return [
        {
          path: written(path),
          expected: issue.issues[0]?.message ?? 'a valid name',
          got: JSON.stringify(String(path.at(-1))),
        },
      ];
    case 'invalid_value': {
      const got = at(context.input, path);
      const hint = typeof got === 'string' ? nearest(got, issue.values.map(String)) : undefined;
      return [problem(path, `one of ${issue.values.map(String).join(', ')}`, context, hint)];
    }
    default:
      return [problem(path, expectation(issue), context)];
  }
}

/** Of a union's alternatives the one that got furthest says best what is wrong. */
function fromUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, context: Context): Problem[] {
  const tries = issue.errors.map((alternative) =>
    alternative.flatMap((inner) => fromIssue(inner, [...path, ...inner.path], context)),
  );
  const deeper = tries.filter((problems) => problems.some((found) => found.path !== written(path)));
  if (deeper.length > 0) return deeper.reduce((best, next) => (next.length < best.length ? next : best));
  const expected = [...new Set(tries.flatMap((problems) => problems.map((found) => found.expected)))].join(
    ', or ',
  );
  return [problem(path, expected || 'another value', context)];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'record' ? 'a map' : article(issue.expected);
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.message.startsWith('Invalid') ? `a valid ${issue.format}` : issue.message;
    default:
      return issue.message;
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function problem(path: Path, expected: string, context: Context, hint?: string): Problem {
  return { path: written(path), expected, got: shown(at(context.input, path)), ...(hint ? { hint } : {}) };
}

function unknownField(path: Path, context: Context): Problem {
  const key = String(path.at(-1));
  const names = context.known(path.slice(0, -1));
  const hint = nearest(key, names) ?? (names.length > 0 ? `known here: ${names.join(', ')}` : undefined);
  return problem(path, 'a known field', context, hint);
}

/** A name is near when fewer than half of its letters differ. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const name = closest(word.toLowerCase(), [...names]);
  return distance(word.toLowerCase(), name.toLowerCase()) * 2 <= Math.max(word.length, name.length)
    ? `did you mean ${name}?`
    : undefined;
}

/** `spec.roles[0].members` */
export function written(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function at(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, input);
}

const LONGEST_SHOWN = 80;

/** Values are shown short, and those of variables not at all: they may be secrets. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'a list'
        : 'a map'
      : JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Record<string, JsonSchema>;
}

/** The names of fields that the schema knows at a path. */
function knownNames(schema: z.ZodType): (path: Path) => readonly string[] {
  return (path) => {
    const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const reached = path.reduce<readonly JsonSchema[]>(
      (from, key) => from.flatMap((node) => step(resolve(node, root), key, root)),
      [root],
    );
    return [
      ...new Set(
        reached
          .flatMap((node) => alternatives(resolve(node, root), root))
          .flatMap((node) => Object.keys(node.properties ?? {})),
      ),
    ];
  };
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
