import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  Duration,
  formatDuration,
  formatQuantities,
  formatTime,
  JobRef,
  LabelKey,
  LabelValue,
  Name,
  parseDuration,
  Quantities,
  Size,
  Timestamp,
} from './scalars.ts';

describe('a duration', () => {
  test.each([
    { text: '30s', want: 30_000 },
    { text: '1h30m', want: 5_400_000 },
    { text: '2d', want: 172_800_000 },
    { text: '500ms', want: 500 },
    { text: '1.5h', want: 5_400_000 },
    { text: '0s', want: 0 },
    { text: '1d2h3m4s5ms', want: 93_784_005 },
  ])('$text is $want ms', ({ text, want }) => {
    expect(Duration.parse(text)).toBe(want);
  });

  test.each([
    '',
    ' ',
    '30',
    's',
    '10 minutes',
    '5m1h',
    '1h 30m',
    '-5s',
    '+5s',
    '1e3s',
    '5S',
    '.5h',
    '36501d',
    `${'9'.repeat(400)}d`,
    '1h\n',
  ])('"%s" is none', (text) => {
    expect(Duration.safeParse(text).success).toBe(false);
  });

  property.prop([fc.integer({ min: 0, max: 100 * 365 * 86_400_000 })])(
    'is read back as it was written',
    (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    },
  );
});

describe('quantities', () => {
  test.each([
    { written: { cpu: '250m' }, want: { cpu: 250 } },
    { written: { cpu: 2 }, want: { cpu: 2000 } },
    { written: { cpu: '1.5' }, want: { cpu: 1500 } },
    { written: { memory: '256Mi' }, want: { memory: 268_435_456 } },
    { written: { memory: '1.5Gi' }, want: { memory: 1_610_612_736 } },
    { written: { memory: '1e3' }, want: { memory: 1000 } },
    { written: { 'nvidia.com/gpu': 8 }, want: { 'nvidia.com/gpu': 8 } },
    { written: { 'nvidia.com/gpu': '8' }, want: { 'nvidia.com/gpu': 8 } },
    { written: { licenses: 0 }, want: { licenses: 0 } },
    { written: { cpu: '1u' }, want: { cpu: 1 } },
  ])('$written are $want', ({ written, want }) => {
    expect(Quantities.parse(written)).toEqual(want);
  });

  test.each([
    { written: { cpu: 'many' } },
    { written: { cpu: '' } },
    { written: { cpu: -1 } },
    { written: { cpu: '-1' } },
    { written: { cpu: Number.NaN } },
    { written: { cpu: Number.POSITIVE_INFINITY } },
    { written: { memory: '1GB' } },
    { written: { memory: '1 Gi' } },
    { written: { memory: '1e30' } },
    { written: { 'nvidia.com/gpu': 0.5 } },
    { written: { 'nvidia.com/gpu': '500m' } },
    { written: { 'a b': 1 } },
    { written: { cpu: null } },
  ])('$written are none', ({ written }) => {
    expect(Quantities.safeParse(written).success).toBe(false);
  });

  const amounts = fc.dictionary(
    fc.constantFrom('cpu', 'memory', 'ephemeral-storage', 'nvidia.com/gpu', 'licenses'),
    fc.integer({ min: 0, max: 9_000_000_000 }),
    { noNullPrototype: true },
  );

  property.prop([amounts])('are read back as they were written', (some) => {
    expect(Quantities.parse(formatQuantities(some))).toEqual(some);
  });

  test.each([
    { written: '1Gi', want: 1_073_741_824 },
    { written: 10, want: 10 },
  ])('a size of $written is $want bytes', ({ written, want }) => {
    expect(Size.parse(written)).toBe(want);
  });
});

describe('names', () => {
  test.each(['a', 'a-b', '0', 'a'.repeat(63)])('"%s" is a name', (text) => {
    expect(Name.parse(text)).toBe(text);
  });

  test.each(['', 'A', '-a', 'a-', 'a_b', 'a.b', 'a/b', '..', 'a\n', 'a\0', 'ä', 'a'.repeat(64)])(
    '"%s" is none',
    (text) => {
      expect(Name.safeParse(text).success).toBe(false);
    },
  );

  test('a job is called by its name or its uid', () => {
    expect(JobRef.safeParse('digits').success).toBe(true);
    expect(JobRef.safeParse('0198c1f0-7c1e-7000-8000-000000000000').success).toBe(true);
    expect(JobRef.safeParse('Digits').success).toBe(false);
  });

  test.each([
    { key: 'team', ok: true },
    { key: 'example.com/team', ok: true },
    { key: 'example.com/', ok: false },
    { key: '/team', ok: false },
    { key: 'a/b/c', ok: false },
    { key: '__proto__', ok: false },
  ])('label key $key: $ok', ({ key, ok }) => {
    expect(LabelKey.safeParse(key).success).toBe(ok);
  });

  test.each([
    { value: '', ok: true },
    { value: 'a.b_c-d', ok: true },
    { value: '-a', ok: false },
    { value: 'a b', ok: false },
    { value: 'a'.repeat(64), ok: false },
  ])('label value "$value": $ok', ({ value, ok }) => {
    expect(LabelValue.safeParse(value).success).toBe(ok);
  });
});

describe('a time', () => {
  test.each([
    { text: '2027-01-31T08:00:00Z', want: '2027-01-31T08:00:00.000Z' },
    { text: '2027-01-31T09:00:00.5+01:00', want: '2027-01-31T08:00:00.500Z' },
  ])('$text is $want', ({ text, want }) => {
    expect(formatTime(Timestamp.parse(text))).toBe(want);
  });

  test.each(['tomorrow', '2027-01-31', '2027-02-30T08:00:00Z', '2027-01-31T08:00:00', '1700000000'])(
    '%s is none',
    (text) => {
      expect(Timestamp.safeParse(text).success).toBe(false);
    },
  );
});
