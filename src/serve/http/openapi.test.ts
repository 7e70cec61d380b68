import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../../operations/catalogue.ts';
import { defineOperation, type Operation } from '../../operations/define.ts';
import { renderOpenApi } from './openapi.ts';
import { start } from './testing/fixture.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const operations = Object.values<Operation>(OPERATIONS);
const document = renderOpenApi(operations) as unknown as Document;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: object;
}

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: object };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>;
}

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const described = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

/** Every value under a key, wherever it stands. */
function valuesOf(node: unknown, key: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    name === key && typeof value === 'string' ? [value] : valuesOf(value, key),
  );
}

function resolve(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
}

describe('the OpenAPI document', () => {
  test('has every operation that has a route, under its method and path', () => {
    const wanted = operations
      .filter(({ http }) => http)
      .map(({ name, http }) => `${name} ${http?.method} ${http?.path}`);
    const found = described.map(
      ({ path, method, operation }) => `${operation.operationId} ${method.toUpperCase()} ${path}`,
    );
    expect(found).toEqual(expect.arrayContaining(wanted));
    expect(found).toHaveLength(wanted.length + 4);
  });

  test('has what the router has, and the router what it has', async () => {
    await using running = await start({ parts: { operations: OPERATIONS } });
    const routes = running.server.routes.map(
      ({ method, path }) => `${method} ${path.replace(/(?<=\/):(\w+)/g, '{$1}')}`,
    );
    expect(described.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
      routes.sort(),
    );
    expect(await (await running.fetch('/openapi.json')).json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test('refers only to what is in it', () => {
    const references = valuesOf(document, '$ref') as string[];
    expect(references.length).toBeGreaterThan(50);
    const dangling = references.filter(
      (pointer) => !pointer.startsWith('#/') || resolve(pointer) === undefined,
    );
    expect(dangling).toEqual([]);
  });

  test('has no schema that nothing refers to', () => {
    const references = new Set(valuesOf(document, '$ref'));
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => !references.has(`#/components/schemas/${name}`))).toEqual([]);
  });

  test('has one id, known tags and a summary for each operation', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { method, operation } of described) {
      expect(METHODS).toContain(method);
      expect(tags).toEqual(expect.arrayContaining([...operation.tags]));
      expect(operation.summary).not.toBe('');
    }
  });

  test.each(described)(
    'declares each parameter of $method $path once, those of the path as required',
    ({ path, operation }) => {
      const parameters = operation.parameters ?? [];
      const keys = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(keys).size).toBe(keys.length);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
      for (const parameter of inPath) expect(parameter.required).toBe(true);
      for (const { schema } of parameters) expect(Object.keys(schema)).not.toEqual([]);
    },
  );

  test.each(described)('says what $method $path answers', ({ operation, path }) => {
    expect(operation.responses[200]?.description).toBeTruthy();
    if (path !== '/livez' && path !== '/readyz') {
      expect(operation.responses.default).toEqual({ $ref: '#/components/responses/Error' });
    }
  });

  test('lets answers grow, and requests not', () => {
    const { schemas } = document.components;
    expect(JSON.stringify(schemas.Job)).not.toContain('"additionalProperties":false');
    expect(schemas.JobSpec).toMatchObject({ additionalProperties: false });
    expect(schemas.SubmitJobRequest).toMatchObject({ additionalProperties: false, required: ['spec'] });
  });

  test('refuses two schemas of one name', () => {
    const operation = (name: string, field: string) =>
      defineOperation({
        name,
        summary: 'x',
        input: z.strictObject({}),
        output: z.object({ [field]: z.string() }).meta({ id: 'Same' }),
        permission: 'job:read',
        target: () => 'any',
        effect: 'read',
        audit: 'none',
        http: { method: 'GET', path: `/api/v1/${name}` },
        handler: async () => ({}),
      });
    expect(() => renderOpenApi([operation('one', 'a'), operation('two', 'b')])).toThrow(/Same/);
  });

  test('is the one in docs', () => {
    const kept = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(kept)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
