/** The fields of an object as the contract's JSON schema knows them, found by path. Pure. */
import { z } from 'zod';
import { Duration, Name, Timestamp } from '../../contract/scalars.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

export interface Field {
  readonly name: string;
  /** `duration`, `integer 0–100`, `list of map`, `training | inference` */
  readonly type: string;
  readonly required: boolean;
  /** As it would be written; undefined when there is none worth saying. */
  readonly default: string | undefined;
  readonly description: string;
  /** Of a map, of a list's items, or of the alternative that is a map. */
  readonly fields: readonly Field[];
}

/** The root field of an object's schema. */
export function fieldsOf(schema: z.ZodType, name: string): Field {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return withRoleFields(toField(name, root, { root, required: true }));
}

/** The fields of a job's one role may stand beside `roles`: they mean the same there. */
function withRoleFields(field: Field): Field {
  const roles = field.fields.find(({ name }) => name === 'roles')?.fields ?? [];
  const fields = field.fields.map((child) => {
    const same = child.description === '' ? roles.find(({ name }) => name === child.name) : undefined;
    return withRoleFields(same ? { ...child, description: same.description, default: same.default } : child);
  });
  return { ...field, fields };
}

/** Down a path; an error names the nearest field. */
export function findField(
  field: Field,
  path: readonly string[],
): { readonly found: Field } | { readonly missing: string; readonly known: readonly string[] } {
  const [name, ...rest] = path;
  if (name === undefined) return { found: field };
  // `roles[0]` is as good as `roles`.
  const plain = name.replace(/\[\d*\]$/, '');
  const next = field.fields.find((child) => child.name === plain);
  return next ? findField(next, rest) : { missing: plain, known: field.fields.map((child) => child.name) };
}

interface Place {
  readonly root: JsonSchema;
  readonly required: boolean;
}

function toField(name: string, written: JsonSchema, { root, required }: Place): Field {
  const schema = resolve(written, root);
  const inner = innermost(schema, root);
  const fields = Object.entries(inner.properties ?? {}).map(([key, child]) =>
    toField(key, child, { root, required: inner.required?.includes(key) ?? false }),
  );
  return {
    name,
    type: typeOf(schema, root),
    required,
    default: defaultOf(schema),
    description: written.description ?? schema.description ?? '',
    fields,
  };
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : { ...root.$defs?.[name], ...schema };
}

/** Where the fields are: through lists, the values of maps, and alternatives. */
function innermost(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { items, additionalProperties: values } = schema;
  if (items) return innermost(resolve(items, root), root);
  if (!schema.properties && typeof values === 'object') return innermost(resolve(values, root), root);
  if (!schema.anyOf) return schema;
  const options = schema.anyOf.map((option) => innermost(resolve(option, root), root));
  const properties = Object.assign({}, ...options.map((option) => option.properties ?? {}));
  const required = options.flatMap((option) => option.required ?? []);
  return {
    properties,
    required: required.filter((key) => options.every((one) => one.required?.includes(key))),
  };
}

/** An empty map or list says only that the field may be left out. */
function defaultOf({ default: value }: JsonSchema): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return undefined;
  return JSON.stringify(value).replace(/^"(.*)"$/, '$1');
}

function typeOf(schema: JsonSchema, root: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.anyOf) {
    const options = schema.anyOf.map((option) => typeOf(resolve(option, root), root));
    return [...new Set(options)].join(' or ');
  }
  if (schema.items) return `list of ${typeOf(resolve(schema.items, root), root)}`;
  if (schema.type === 'object') return mapType(schema, root);
  return scalarType(schema);
}

function mapType({ properties, additionalProperties }: JsonSchema, root: JsonSchema): string {
  if (properties || typeof additionalProperties !== 'object') return 'map';
  const values = typeOf(resolve(additionalProperties, root), root);
  return values === 'any' ? 'map' : `map of ${values}`;
}

function scalarType(schema: JsonSchema): string {
  const { type, pattern, minimum, maximum } = schema;
  const known = pattern === undefined ? undefined : patternNames().get(pattern);
  if (known !== undefined) return known;
  if (type === undefined) return 'any';
  const bounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return bounded ? `${type} ${minimum}–${maximum}` : [type].flat().join(' or ');
}

/** Scalars of the contract are texts with a pattern; people know them by name. */
function patternNames(): ReadonlyMap<string, string> {
  const scalars: readonly [string, z.ZodType][] = [
    ['duration', Duration],
    ['name', Name],
    ['time', Timestamp],
  ];
  const named = scalars.flatMap(([name, schema]) => {
    const { pattern } = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
    return pattern === undefined ? [] : [[pattern, name] as const];
  });
  return new Map(named);
}
