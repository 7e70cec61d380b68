/**
 * Where each setting comes from: flags over the environment over the file over the default. Finds
 * every problem at once, and says of each which source it stands in. Never repeats a secret.
 */
import { resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import type { LocatedProblem } from '../../cli/errors.ts';
import { problemsOf } from '../../contract/problems.ts';
import { DEFAULTS, type Leaf, leaves, ServerSettings, type Settings } from './schema.ts';

/** Values by name: `limits.readBurst`. */
export type Written = Readonly<Record<string, unknown>>;

export interface Sources {
  readonly flags: Written;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Parsed, and where each of its fields stands. */
  readonly file?: ConfigFile | undefined;
  /** What relative paths of flags and variables are relative to. */
  readonly cwd: string;
  /** Defaults of the verb, over those of the schema. */
  readonly defaults?: Written | undefined;
}

export interface ConfigFile {
  readonly name: string;
  /** What relative paths in it are relative to. */
  readonly directory: string;
  readonly value: unknown;
  /** `capstan.yaml:3:5` */
  locate(path: string): string;
}

export interface ResolvedSetting {
  readonly leaf: Leaf;
  /** As it was written; undefined: not set. */
  readonly written: unknown;
  /** `--host`, `CAPSTAN_HOST`, `capstan.yaml:1:1` or `default`. */
  readonly source: string;
}

export interface Resolved {
  /** Absent when there are problems. */
  readonly settings: Settings | undefined;
  readonly values: readonly ResolvedSetting[];
  readonly problems: readonly LocatedProblem[];
}

export function resolveConfig(sources: Sources): Resolved {
  const known = leaves();
  const fromFile = flat(sources.file?.value);
  const values = known.map((leaf) => settingOf(leaf, sources, fromFile));
  const nested: Record<string, unknown> = {};
  const problems = [...fileProblems(sources.file), ...misspeltVariables(sources.env, known)];
  for (const { leaf, written, source } of values) {
    const parsed = leaf.type.safeParse(written);
    if (parsed.success) put(nested, leaf.name, parsed.data);
    else if (source !== fileSource(sources.file, leaf)) {
      problems.push(wrongValue(leaf, written, { where: source, expected: parsed.error.issues[0]?.message }));
    }
  }
  problems.push(...contradictions(values));
  return { settings: problems.length === 0 ? (nested as unknown as Settings) : undefined, values, problems };
}

function settingOf(leaf: Leaf, sources: Sources, fromFile: Written): ResolvedSetting {
  const { flags, env, file, cwd, defaults = {} } = sources;
  const flag = flags[leaf.name];
  if (leaf.flag && flag !== undefined) return { leaf, written: placed(leaf, flag, cwd), source: leaf.flag };
  const variable = env[leaf.env];
  if (variable !== undefined && variable !== '' && !isServiceLink(leaf.env, variable))
    return { leaf, written: placed(leaf, variable, cwd), source: leaf.env };
  const inFile = fromFile[leaf.name];
  if (file && inFile !== undefined)
    return { leaf, written: placed(leaf, inFile, file.directory), source: file.locate(leaf.name) };
  return { leaf, written: defaults[leaf.name] ?? DEFAULTS[leaf.name], source: 'default' };
}

function placed(leaf: Leaf, written: unknown, base: string): unknown {
  return leaf.path && typeof written === 'string' && written !== '' ? resolve(base, written) : written;
}

/** Kubernetes gives every pod CAPSTAN_PORT=tcp://10.0.0.1:7700 for a service that is named capstan. */
function isServiceLink(name: string, value: string): boolean {
  return name === 'CAPSTAN_PORT' && /^(tcp|udp):\/\//.test(value);
}

function fileSource(file: ConfigFile | undefined, leaf: Leaf): string | undefined {
  return file?.locate(leaf.name);
}

/** All of the file, also what another source overrides: a mistake there waits for the day it does not. */
function fileProblems(file: ConfigFile | undefined): LocatedProblem[] {
  if (!file) return [];
  const parsed = ServerSettings.safeParse(file.value);
  if (parsed.success) return [];
  return problemsOf(parsed.error, file.value, ServerSettings).map((problem) => ({
    ...problem,
    got: isSecret(problem.path) ? 'a text' : problem.got,
    where: file.locate(problem.path),
  }));
}

function isSecret(name: string): boolean {
  return leaves().some((leaf) => leaf.name === name && leaf.secret);
}

function wrongValue(
  leaf: Leaf,
  written: unknown,
  { where, expected = 'another value' }: { where: string; expected?: string | undefined },
): LocatedProblem {
  const got = leaf.secret ? 'another text' : JSON.stringify(written).slice(0, 80);
  return { where, path: leaf.name, expected: readable(expected, leaf), got };
}

/** Of an enum zod says `Invalid option: expected one of "a"|"b"`. */
function readable(message: string, leaf: Leaf): string {
  return /^Invalid/.test(message) ? leaf.summary : message;
}

/** Others are the command line's, the tests', or those that Kubernetes gives every pod. */
const OTHER_VARIABLES =
  /^CAPSTAN_(SERVER|KEY|KEY_FILE|PROJECT|CONTEXT|DEBUG|CONFIG|TEST_.*|SERVICE_.*|SERVER_.*|PORT_.*|JOB.*|OUTPUT_.*|BACKUP_PASSPHRASE)$/;

/** Only what is nearly a name of ours: other parts have variables of their own. */
const MOST_SLIPS = 2;

function misspeltVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly Leaf[],
): LocatedProblem[] {
  const names = known.map((leaf) => leaf.env);
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('CAPSTAN_') && !names.includes(name) && !OTHER_VARIABLES.test(name),
  );
  return unknown.flatMap((name) => {
    const near = closest(name, names);
    if (distance(name, near) > MOST_SLIPS) return [];
    const hint = `did you mean ${near}?`;
    return [{ where: name, path: '', expected: 'a known setting', got: 'a variable of another name', hint }];
  });
}

/** What is wrong only in two settings together. */
function contradictions(values: readonly ResolvedSetting[]): LocatedProblem[] {
  const found = (name: string) => values.find(({ leaf }) => leaf.name === name);
  const pairs = [
    ['tls.cert', 'tls.key', 'tls.key beside tls.cert'],
    ['tls.key', 'tls.cert', 'tls.cert beside tls.key'],
  ] as const;
  const lonely = pairs.flatMap(([one, other, expected]) => {
    const given = found(one);
    const missing = given?.written !== undefined && found(other)?.written === undefined;
    return missing ? [{ where: given.source, path: one, expected, got: 'one without the other' }] : [];
  });
  const twice = HELD_BY_FILE.flatMap((path) => {
    const file = found(`${path}File`);
    if (found(path)?.written === undefined || file?.written === undefined) return [];
    const expected = `left out beside ${path}`;
    return [{ where: file.source, path: `${path}File`, expected, got: 'both' }];
  });
  return [...lonely, ...twice];
}

/** Secrets that are given by themselves or by a file, not both. */
const HELD_BY_FILE = ['databaseUrl', 'oidc.clientSecret'] as const;

/** `{limits: {readBurst: 5}}` → `{'limits.readBurst': 5}` */
function flat(value: unknown, prefix = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.entries(value).reduce<Record<string, unknown>>((all, [key, inner]) => {
    const name = `${prefix}${key}`;
    const isMap = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return Object.assign(all, isMap ? flat(inner, `${name}.`) : { [name]: inner });
  }, {});
}

/** A group is there, also when nothing of it is set. */
function put(into: Record<string, unknown>, name: string, value: unknown): void {
  const [first = '', second] = name.split('.');
  if (second === undefined) {
    into[first] = value;
    return;
  }
  into[first] = { ...(into[first] as object | undefined), [second]: value };
}
