/**
 * The OpenAPI 3.1 document, made from the operations: the same schemas that judge a request
 * describe it. Served at /openapi.json and kept as docs/openapi.json.
 */
import { z } from 'zod';
import { ErrorBody } from '../../contract/error.ts';
import { API_VERSION } from '../../contract/meta.ts';
import { CATALOGUE } from '../../core/errors/catalogue.ts';
import type { HttpRoute, Operation } from '../../operations/define.ts';
import { Components, type Json, type ObjectSchema } from './openapi-components.ts';

type Routed = Operation & { http: HttpRoute };

export function renderOpenApi(operations: readonly Operation[]): Json {
  const components = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations.filter(hasRoute)) {
    const { path, method } = operation.http;
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Capstan',
      version: API_VERSION.split('/')[1],
      description: 'Runs AI jobs and says why they wait or fail.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { browser: [] }],
    tags: tagsOf(operations),
    paths: { ...paths, ...serverPaths() },
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key' },
        browser: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-capstan-session',
          description:
            'The session of a browser. What is no GET needs the header X-Capstan-Console as well, and an Origin that the console is served at',
        },
      },
      responses: { Error: errorResponse(components) },
      schemas: components.schemas,
    },
  };
}

function hasRoute(operation: Operation): operation is Routed {
  return operation.http !== undefined;
}

function tagsOf(operations: readonly Operation[]): Json[] {
  const nouns = operations.filter(hasRoute).map((operation) => nounOf(operation));
  return [...new Set([...nouns, 'server'])].map((name) => ({ name }));
}

function nounOf({ name }: Operation): string {
  return name.split('.')[0] ?? name;
}

function describe(operation: Routed, components: Components): Json {
  const { name, summary, permission, effect } = operation;
  const input = components.inputOf(operation.input);
  const inPath = [...operation.http.path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
  const inQuery = operation.http.method === 'GET' || operation.http.method === 'DELETE';
  const inCookies = Object.keys(operation.http.cookies ?? {});
  const elsewhere = [...inPath, ...inCookies];
  const body = inQuery ? undefined : bodyOf(operation, input, { elsewhere, components });
  const parameters = [
    ...inPath.map((field) => parameter('path', field, input)),
    ...(inQuery ? rest(input, inPath).map((field) => parameter('query', field, input)) : []),
    ...headersOf(operation, input),
    ...cookiesOf(operation, input),
  ];
  return {
    operationId: name,
    summary,
    description: `${needs(permission)} Effect: ${effect}.`,
    ...(permission === 'open' ? { security: [] } : {}),
    tags: [nounOf(operation)],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: { ...answersOf(operation, components), default: { $ref: '#/components/responses/Error' } },
  };
}

function needs(permission: Operation['permission']): string {
  return permission === 'open' ? 'Needs no key.' : `Needs the permission \`${permission}\`.`;
}

function rest({ properties }: ObjectSchema, inPath: readonly string[]): string[] {
  return Object.keys(properties).filter((field) => !inPath.includes(field));
}

function parameter(place: 'path' | 'query', name: string, input: ObjectSchema): Json {
  const { description, ...schema } = input.properties[name] ?? {};
  return {
    name,
    in: place,
    required: place === 'path' || input.required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
    // Lists are spelled with commas: `state=pending,running`.
    ...(schema.type === 'array' ? { style: 'form', explode: false } : {}),
  };
}

function headersOf({ kind }: Operation, { properties }: ObjectSchema): Json[] {
  const headers: Json[] = [];
  if (properties.idempotencyKey) {
    headers.push({
      name: 'Idempotency-Key',
      in: 'header',
      description: 'A repeated request with the same key is done once',
      schema: { type: 'string', maxLength: 255 },
    });
  }
  if (kind === 'stream' && properties.after) {
    headers.push({
      name: 'Last-Event-ID',
      in: 'header',
      description: 'Continue after this id, as a browser sends it by itself; stands for `after`',
      schema: { type: 'string' },
    });
  }
  return headers;
}

function cookiesOf({ http }: Routed, { properties }: ObjectSchema): Json[] {
  const taken = Object.entries(http.cookies ?? {}).filter(([field]) => properties[field]);
  return taken.map(([, name]) => ({
    name: `__Host-capstan-${name}`,
    in: 'cookie',
    required: true,
    description: 'As the server set it; without `__Host-` where it is reached in plain text on loopback',
    schema: { type: 'string' },
  }));
}

/** Without what is in a cookie alone. */
function shownOutput({ output, http }: Operation): z.ZodType {
  if (!http?.cookies || !(output instanceof z.ZodObject)) return output;
  const { cookies } = http;
  return z.object(Object.fromEntries(Object.entries(output.shape).filter(([field]) => !(field in cookies))));
}

function bodyOf(
  { name }: Operation,
  input: ObjectSchema,
  { elsewhere, components }: { elsewhere: readonly string[]; components: Components },
): Json | undefined {
  const fields = rest(input, elsewhere);
  if (fields.length === 0) return undefined;
  const required = input.required.filter((field) => fields.includes(field));
  const schema = {
    ...input.whole,
    properties: Object.fromEntries(fields.map((field) => [field, input.properties[field]])),
    required: required.length > 0 ? required : undefined,
  };
  const title = `${name
    .split('.')
    .reverse()
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Request`;
  return {
    required: required.length > 0,
    content: { 'application/json': { schema: components.add(title, withoutUndefined(schema)) } },
  };
}

function answersOf(operation: Operation, components: Components): Json {
  switch (operation.kind) {
    case 'unary': {
      const schema = components.ref(shownOutput(operation));
      const content = { 'application/json': { schema } };
      const made = components.hasField(operation.output, 'repeated');
      return {
        200: { description: made ? 'It was there already, or this was a dry run' : 'Done', content },
        ...(made ? { 201: { description: 'Made', content } } : {}),
      };
    }
    case 'stream':
      return {
        200: { description: STREAM, content: { 'text/event-stream': streamOf(operation, components) } },
      };
    case 'bytes':
      return {
        200: {
          description: 'The bytes',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
      };
  }
}

const STREAM = [
  'Server-sent events. `item`: its `data` is one item as JSON, its `id` resumes after it (`Last-Event-ID`).',
  '`end`: nothing follows. `error`: its `data` is an error body; with `server.stopping`, connect again and',
  'continue. Comments show that a silent stream lives.',
].join('\n');

function streamOf(operation: Operation, components: Components): Json {
  return { schema: { type: 'string', description: STREAM }, 'x-item': components.ref(operation.output) };
}

function errorResponse(components: Components): Json {
  const { message, next } = CATALOGUE['job.not_found'];
  return {
    description: 'Refused, or failed. `code` is one of those in docs/errors.md',
    content: {
      'application/json': {
        schema: components.ref(ErrorBody),
        example: {
          error: {
            code: 'job.not_found',
            message: message.replace('{job}', 'digits').replace('{project}', 'vision'),
            next,
            details: [],
            request_id: '0b6f2c0e-6a55-4c1b-9c2e-6d4a5d0f3f10',
          },
        },
      },
    },
  };
}

/** The routes that are about the server and no operation. */
function serverPaths(): Record<string, Json> {
  const text = (type: string, schema: Json) => ({ content: { [type]: { schema } } });
  const route = (operationId: string, summary: string, more: Json) => ({
    get: { operationId, summary, tags: ['server'], ...more },
  });
  const health = text('application/json', { type: 'object' });
  const error = { default: { $ref: '#/components/responses/Error' } };
  return {
    '/livez': route('server.live', 'Whether the process is up', {
      security: [],
      responses: { 200: { description: 'It is', ...health } },
    }),
    '/readyz': route('server.ready', 'Whether requests can be served, with what was looked at', {
      security: [],
      responses: { 200: { description: 'Yes', ...health }, 503: { description: 'Not now', ...health } },
    }),
    '/metrics': route('server.metrics', 'Metrics, as Prometheus reads them', {
      responses: { 200: { description: 'Metrics', ...text('text/plain', { type: 'string' }) }, ...error },
    }),
    '/openapi.json': route('server.openapi', 'This document', {
      responses: { 200: { description: 'OpenAPI 3.1', ...health }, ...error },
    }),
  };
}

function withoutUndefined(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
