/** JSON schemas of an OpenAPI document: what has a name (`.meta({id})`) stands once, under components. */
import { z } from 'zod';

export type Json = Readonly<Record<string, unknown>>;

/** An input as JSON schema, with what it says of its fields. */
export interface ObjectSchema {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
  readonly whole: Json;
}

const PREFIX = '#/components/schemas/';

export class Components {
  readonly schemas: Record<string, Json> = {};

  /** A reference to a named answer, or its schema when it has no name. */
  ref(schema: z.ZodType): Json {
    const { top, named } = converted(schema, 'output');
    this.#addAll(named);
    return top;
  }

  /** The fields of an input. They are spread over path, query and body, so the whole is not named. */
  inputOf(schema: z.ZodType): ObjectSchema {
    const { top, named } = converted(schema, 'input');
    const name = String(top.$ref ?? '').replace(PREFIX, '');
    const { [name]: whole = top, ...inner } = named;
    this.#addAll(inner);
    return {
      whole,
      properties: (whole.properties ?? {}) as ObjectSchema['properties'],
      required: (whole.required ?? []) as ObjectSchema['required'],
    };
  }

  hasField(schema: z.ZodType, field: string): boolean {
    return schema instanceof z.ZodObject && field in schema.shape;
  }

  /** Throws when another schema has the name. */
  add(name: string, schema: Json): Json {
    const known = this.schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two different schemas are called ${name}`);
    }
    this.schemas[name] = schema;
    return { $ref: `${PREFIX}${name}` };
  }

  #addAll(named: Readonly<Record<string, Json>>): void {
    for (const [name, schema] of Object.entries(named)) this.add(name, schema);
  }
}

function converted(schema: z.ZodType, io: 'input' | 'output'): { top: Json; named: Record<string, Json> } {
  const options = { io, unrepresentable: 'any', override: io === 'output' ? openEnded : undefined } as const;
  const { $schema, $defs, ...top } = z.toJSONSchema(schema, options) as Json;
  return { top: moved(top) as Json, named: moved($defs ?? {}) as Record<string, Json> };
}

/** Answers may get more fields in time, so a client must not refuse what it does not know. */
function openEnded({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

/** References as OpenAPI places them. */
function moved(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(moved);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref' ? [key, String(value).replace('#/$defs/', PREFIX)] : [key, moved(value)],
    ),
  );
}
