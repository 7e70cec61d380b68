import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { JobSpec } from '../core/job/spec.ts';
import { JobSpecInput } from './job-spec.ts';
import { specToWire } from './job-spec-wire.ts';

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const text = fc.string({ maxLength: 30, unit: 'grapheme' }).filter((some) => !some.includes('\0'));
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const duration = fc.oneof(
  fc.integer({ min: 1, max: 10_000 }).chain((n) => fc.constantFrom(`${n}s`, `${n}m`, `${n}ms`, `${n}h`)),
  fc.constantFrom('1h30m', '2d', '1.5h', '0.25s', '1d1h1m1s1ms'),
);
const amount = fc.oneof(
  fc.integer({ min: 0, max: 10_000 }),
  fc.constantFrom('250m', '1.5', '2', '256Mi', '1Gi', '1e3', '0.1', '3k', '1.5Gi', '123456789'),
);
const whole = fc.integer({ min: 0, max: 16 });

/** Leaves each optional field out now and then, and never writes an undefined. */
function some<T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[] = []) {
  return fc.record(fields, { requiredKeys: required as never, noNullPrototype: true });
}

function map(key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) {
  return fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
}

const env = map(
  fc.stringMatching(/^[A-Z][A-Z_]{0,8}$/).map((variable) => `MY_${variable}`),
  fc.oneof(text, fc.record({ secret: fc.record({ name, key: name }) })),
);

const resources = some<Record<string, unknown>>({ cpu: amount, memory: amount, 'nvidia.com/gpu': whole });

const volume = fc.oneof(
  some<Record<string, unknown>>({ mount: path, claim: name, readOnly: fc.boolean() }, ['mount', 'claim']),
  some<Record<string, unknown>>({ mount: path, size: amount }, ['mount', 'size']),
);

const members = fc.oneof(
  fc.integer({ min: 1, max: 4096 }),
  fc.tuple(fc.integer({ min: 1, max: 50 }), fc.nat(50)).map(([min, more]) => ({ min, max: min + more })),
);

/** As it comes out of a file or a request: a minus zero comes out as zero. */
const anyJson = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const roleFields = {
  members,
  image: fc.constant('registry.example/ddp:1.4.2'),
  command: fc.array(
    text.filter((word) => word !== ''),
    { minLength: 1, maxLength: 3 },
  ),
  args: fc.array(text, { maxLength: 3 }),
  workingDir: path,
  env,
  resources,
  volumes: fc.array(volume, { maxLength: 2 }),
  nodeSelector: map(name, name),
  tolerations: fc.array(
    some<Record<string, unknown>>({
      key: name,
      operator: fc.constantFrom('Exists', 'Equal'),
      value: name,
      effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    }),
    { maxLength: 2 },
  ),
  serviceAccount: name,
  podTemplate: map(name, anyJson),
};

const rule = some<Record<string, unknown>>(
  {
    exitCodes: fc.array(fc.nat(255), { minLength: 1, maxLength: 3 }),
    signals: fc.array(fc.constantFrom('SIGKILL', 'SIGSEGV'), { minLength: 1, maxLength: 2 }),
    reasons: fc.constant(['OutOfMemory']),
    action: fc.constantFrom('retry', 'fail', 'ignore'),
  },
  ['exitCodes', 'action'],
);

const jobFields = {
  type: fc.constantFrom('training', 'inference', 'evaluation', 'simulation', 'batch'),
  queue: name,
  priority: fc.integer({ min: 0, max: 100 }),
  topology: some<Record<string, unknown>>({
    level: fc.constantFrom('none', 'node', 'rack', 'zone'),
    required: fc.boolean(),
  }),
  timeout: duration,
  deadline: duration,
  startDeadline: duration,
  startAfter: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  ttlAfterFinished: duration,
  expectedDuration: duration,
  retry: some<Record<string, unknown>>({
    limit: fc.nat(1000),
    backoff: some<Record<string, unknown>>({
      initial: duration,
      factor: fc.constantFrom(1, 1.5, 2, 10),
      max: duration,
    }),
    rules: fc.array(rule, { maxLength: 2 }),
  }),
  checkpoint: some<Record<string, unknown>>({ grace: duration, every: duration, path }),
  outputs: fc.uniqueArray(fc.record({ path, name }), { maxLength: 3, selector: (output) => output.name }),
  onLost: fc.oneof(fc.constant('wait'), fc.record({ replaceAfter: duration })),
};

const inline = some<Record<string, unknown>>({ ...jobFields, ...roleFields }, ['command']);
const role = some<Record<string, unknown>>({ ...roleFields, name }, ['name', 'command']);
const inRoles = some<Record<string, unknown>>(
  {
    ...jobFields,
    roles: fc.uniqueArray(role, {
      minLength: 1,
      maxLength: 3,
      selector: (one) => (one as { name: string }).name,
    }),
  },
  ['roles'],
);

function parsed(wire: unknown): JobSpec {
  return JobSpecInput.parse(wire) as JobSpec;
}

describe('a spec that is written back', () => {
  property.prop([fc.oneof(inline, inRoles)])('is the same spec when it is read again', (wire) => {
    const spec = parsed(wire);
    expect(parsed(specToWire(spec))).toEqual(spec);
  });

  property.prop([fc.oneof(inline, inRoles)])('is JSON', (wire) => {
    const written = specToWire(parsed(wire));
    expect(JSON.parse(JSON.stringify(written))).toEqual(written);
  });

  test('leaves out what was not given', () => {
    const wire = specToWire(parsed({ command: ['true'], queue: 'q' }));
    expect(wire).toEqual({
      type: 'batch',
      queue: 'q',
      priority: 50,
      roles: [{ name: 'worker', members: 1, command: ['true'] }],
      retry: { limit: 3, backoff: { initial: '5s', factor: 2, max: '5m' } },
      checkpoint: { grace: '30s' },
      onLost: 'wait',
    });
  });

  test('keeps a topology that is required though it has no level', () => {
    const spec = parsed({ command: ['true'], topology: { required: true } });
    expect(parsed(specToWire(spec)).topology).toEqual({ level: 'none', required: true });
  });
});
