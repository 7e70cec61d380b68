import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SubmitJob } from './job.ts';
import { nearest, problemsOf, written } from './problems.ts';

const SECRET = 'hunter2-canary';

function told(wire: unknown, schema: z.ZodType = SubmitJob): string {
  const parsed = schema.safeParse(wire);
  return parsed.success ? '' : JSON.stringify(problemsOf(parsed.error, wire, schema));
}

describe('what is told of a wrong input', () => {
  test.each([
    { what: 'a variable that is no text', spec: { env: { TOKEN: [SECRET] } } },
    { what: 'a variable with a NUL', spec: { env: { TOKEN: `${SECRET}\0` } } },
    { what: 'a variable with a name of ours', spec: { env: { RANK: SECRET } } },
    { what: 'a variable that is too long', spec: { env: { TOKEN: SECRET.repeat(4000) } } },
    { what: 'a variable with an unknown form', spec: { env: { TOKEN: { value: SECRET } } } },
    { what: 'a variable whose secret is the value', spec: { env: { TOKEN: { secret: SECRET } } } },
    {
      what: 'a secret with a bad name',
      spec: { env: { TOKEN: { secret: { name: SECRET.toUpperCase(), key: '' } } } },
    },
    { what: 'variables in a list', spec: { env: [`TOKEN=${SECRET}`] } },
    { what: 'variables in a string', spec: { env: `TOKEN=${SECRET}` } },
    { what: 'a variable with its value in the name', spec: { env: { [`TOKEN=${SECRET}`]: '' } } },
    { what: 'variables under a misspelled name', spec: { enviroment: SECRET } },
    { what: 'variables of a role', spec: { roles: [{ name: 'a', env: { TOKEN: { value: SECRET } } }] } },
    { what: 'arguments in a string', spec: { args: `--token=${SECRET}` } },
    { what: 'a command in a string', spec: { command: `curl -H ${SECRET}` } },
    { what: 'an overlay that is a string', spec: { podTemplate: SECRET } },
    { what: 'an unknown field', spec: { token: SECRET } },
    { what: 'an unknown field of the submission', spec: {}, more: { apiKey: SECRET } },
  ])('never shows the value of $what', ({ spec, more }) => {
    const text = told({ spec: { command: ['x'], ...spec }, ...more });
    expect(text).not.toBe('');
    expect(text.toLowerCase()).not.toContain(SECRET);
  });

  const holdingSecrets = fc.object({ values: [fc.constant(SECRET)], maxDepth: 3, withNullPrototype: false });

  property.prop([holdingSecrets])('never holds the value of a variable, whatever its form', (value) => {
    const env = { A: value, B: [value], C: 1 };
    expect(told({ spec: { command: ['x'], env } })).not.toContain(SECRET);
  });

  test('is short, however long the input is', () => {
    const long = 'x'.repeat(1_000_000);
    expect(
      told({ name: long, [long]: 1, labels: { [long]: '' }, spec: { command: ['x'] } }).length,
    ).toBeLessThan(3000);
  });

  test('stops at a hundred problems', () => {
    const spec = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    expect(JSON.parse(told({ spec }))).toHaveLength(100);
  });

  test('makes the schema known to hints once for all fields', () => {
    let made = 0;
    const schema = z.strictObject({ a: z.string().optional() });
    schema._zod.toJSONSchema = () => {
      made += 1;
      return { type: 'object', properties: { alpha: {} } };
    };
    const text = told({ alhpa: 1, alpah: 2, laphs: 3 }, schema);
    expect(text).toContain('did you mean alpha?');
    expect(made).toBe(1);
  });

  test.each([
    { word: 'comand', names: ['command', 'args'], want: 'did you mean command?' },
    { word: 'STARTAFTER', names: ['startAfter'], want: 'did you mean startAfter?' },
    { word: 'colour', names: ['command', 'args'], want: undefined },
    { word: 'x', names: [], want: undefined },
  ])('hints at $want for $word', ({ word, names, want }) => {
    expect(nearest(word, names)).toBe(want);
  });

  test.each([
    { path: [], want: '' },
    { path: ['spec', 'roles', 0, 'members'], want: 'spec.roles[0].members' },
    { path: [3], want: '[3]' },
  ])('writes a path as $want', ({ path, want }) => {
    expect(written(path)).toBe(want);
  });
});
