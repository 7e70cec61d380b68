/**
 * From files to objects that may be sent. Everything is checked before anything is sent, and every
 * problem is shown at once, where it stands.
 */
import { isAbsolute, resolve } from 'node:path';
import type { JobSpecWire } from '../../contract/job-spec.ts';
import { API_VERSION } from '../../contract/meta.ts';
import { nearest, problemsOf } from '../../contract/problems.ts';
import { InvalidInput, type LocatedProblem, UsageError } from '../errors.ts';
import { OBJECTS, type ObjectKind, type Written } from './objects.ts';
import type { Source } from './source.ts';
import { type Place, parseYaml } from './yaml-documents.ts';

export type ReadObject = { [K in ObjectKind]: { readonly kind: K; readonly value: Written<K> } }[ObjectKind];

/** One object in a file; those of a `List` stand deeper. */
interface Placed {
  readonly value: unknown;
  readonly directory: string;
  locate(path: string): Place;
}

const NEXT = 'Nothing was sent. Mend the file; `capstan explain KIND.FIELD` says what each field takes.';

/** Throws InvalidInput with the problems of every file, UsageError when there is no object at all. */
export function readObjects(
  sources: readonly Source[],
  allowed: readonly ObjectKind[],
): readonly ReadObject[] {
  const placed = sources.flatMap(objectsIn);
  const problems = placed.flatMap((object) => problemsIn(object, allowed));
  const what = sources.map(({ name }) => name).join(', ');
  if (problems.length > 0) throw new InvalidInput(what, problems, NEXT);
  if (placed.length === 0) throw new UsageError(`there is no object in ${what}`);
  return placed.map(({ value, directory }) => {
    const object = { kind: (value as { kind: ObjectKind }).kind, value } as ReadObject;
    if (object.kind === 'AIJob') return { ...object, value: withDirectories(object.value, directory) };
    return object.kind === 'Schedule' ? { ...object, value: ofSchedule(object.value, directory) } : object;
  });
}

function objectsIn(source: Source): readonly Placed[] {
  return parseYaml(source).flatMap(({ value, locate }) => {
    const items = listItems(value);
    if (!items) return [{ value, locate, directory: source.directory }];
    return items.map((item, index) => ({
      value: item,
      directory: source.directory,
      locate: (path: string) => locate(`items[${index}].${path}`),
    }));
  });
}

/** `get -o yaml` prints a List. */
function listItems(value: unknown): readonly unknown[] | undefined {
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  return kind === 'List' && Array.isArray(items) ? items : undefined;
}

function problemsIn({ value, locate }: Placed, allowed: readonly ObjectKind[]): readonly LocatedProblem[] {
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (!isKind(kind) || !allowed.includes(kind)) return [wrongKind(value, allowed, locate)];
  const schema = OBJECTS[kind];
  const checked = schema.safeParse(value);
  if (checked.success) return [];
  const placed = problemsOf(checked.error, value, schema).map((problem) => ({
    ...problem,
    ...locate(problem.path),
  }));
  return placed.sort((a, b) => a.offset - b.offset);
}

function wrongKind(
  value: unknown,
  allowed: readonly ObjectKind[],
  locate: (path: string) => Place,
): LocatedProblem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      where: locate('').where,
      path: '',
      expected: 'a map with apiVersion, kind and spec',
      got: 'another value',
    };
  }
  const { kind } = value as { kind?: unknown };
  const hint = typeof kind === 'string' ? nearest(kind, allowed) : `apiVersion is ${API_VERSION}`;
  return {
    where: locate('kind').where,
    path: 'kind',
    expected: allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`,
    got: kind === undefined ? 'nothing' : JSON.stringify(kind),
    ...(hint === undefined ? {} : { hint }),
  };
}

function isKind(kind: unknown): kind is ObjectKind {
  return typeof kind === 'string' && Object.hasOwn(OBJECTS, kind);
}

/** A relative working directory means: from where the file is. */
function withDirectories(job: Written<'AIJob'>, directory: string): Written<'AIJob'> {
  return { ...job, spec: specAt(job.spec, directory) };
}

function ofSchedule(schedule: Written<'Schedule'>, directory: string): Written<'Schedule'> {
  const { spec } = schedule;
  return { ...schedule, spec: { ...spec, job: specAt(spec.job, directory) } };
}

function specAt(spec: JobSpecWire, directory: string): JobSpecWire {
  const roles = spec.roles?.map((role) => ({ ...role, ...absolute(role, directory) }));
  return { ...spec, ...absolute(spec, directory), ...(roles ? { roles } : {}) };
}

function absolute({ workingDir }: { workingDir?: string | undefined }, directory: string) {
  if (workingDir === undefined || isAbsolute(workingDir)) return {};
  return { workingDir: resolve(directory, workingDir) };
}
