import { readFileSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../record.ts';
import { aRecord, DAY, HOUR, MINUTE, MONDAY, ordinaryWeeks, repeated } from '../testing/accesses.ts';
import { networkOf } from './network.ts';
import { findPatterns, RULES } from './patterns.ts';

/** After the two ordinary weeks. */
const LATER = MONDAY + 14 * DAY + 11 * HOUR;

const foundIn = (more: readonly AuditRecord[]) =>
  findPatterns([...ordinaryWeeks(), ...more]).map(({ rule, principal }) => `${rule} ${principal}`);

describe('S10: a replayed audit log', () => {
  test('of two ordinary weeks yields no finding', () => {
    expect(ordinaryWeeks().length).toBeGreaterThan(2000);
    expect(foundIn([])).toEqual([]);
  });

  const ADA_HERE = { who: 'user/ada', from: '192.0.2.10' };

  test.each<{ what: string; more: AuditRecord[]; want: string[] }>([
    {
      what: 'a key that is refused 40 times in a minute',
      more: [aRecord({ at: LATER, effect: 'refusal', from: '2001:db8:7::1', times: 40 })],
      want: ['denied-burst key/ci'],
    },
    {
      what: 'a burst over three windows, told once',
      more: repeated(3, MINUTE, () => ({ at: LATER, effect: 'refusal', times: 20 })),
      want: ['denied-burst key/ci'],
    },
    {
      what: 'two bursts with an hour between, told twice',
      more: repeated(2, HOUR, () => ({ at: LATER, effect: 'refusal', times: 40 })),
      want: ['denied-burst key/ci', 'denied-burst key/ci'],
    },
    {
      what: 'a person who is refused at six doors',
      more: repeated(6, MINUTE, (n) => ({
        ...ADA_HERE,
        at: LATER,
        operation: `role.put${n}`,
        effect: 'refusal',
      })),
      want: ['denied-probing user/ada'],
    },
    {
      what: 'a person who looks for projects that they may not see',
      more: repeated(6, MINUTE, (n) => ({
        ...ADA_HERE,
        at: LATER,
        effect: 'refusal',
        outcome: 'project.not_found',
        project: `p${n}`,
      })),
      want: ['denied-probing user/ada'],
    },
    {
      what: 'a wrong credential, again and again, then one that opens',
      more: [
        ...repeated(12, 10_000, () => ({
          at: LATER,
          who: 'anonymous',
          from: '192.0.2.77',
          effect: 'refusal',
          outcome: 'auth.invalid',
        })),
        aRecord({ at: LATER + 3 * MINUTE, who: 'user/ada', from: '192.0.2.77', effect: 'sign-in' }),
      ],
      want: ['guessed-credential user/ada'],
    },
    {
      what: 'more strangers at once than can be told apart',
      more: repeated(10_050, 10, (n) => ({
        at: LATER,
        who: 'anonymous',
        from: `2001:db8:${n}::1`,
        effect: 'refusal',
        outcome: 'auth.invalid',
      })),
      want: ['crowd anonymous'],
    },
    {
      what: 'a person who comes from another network',
      more: repeated(2, MINUTE, () => ({ at: LATER, who: 'user/ada', from: '203.0.113.9' })),
      want: ['new-place user/ada'],
    },
    {
      what: 'a key from another site over IPv6',
      more: [aRecord({ at: LATER, from: '2001:db8:8::1' })],
      want: ['new-place key/ci'],
    },
    {
      what: 'a person who reads the whole audit',
      more: repeated(100, 10_000, () => ({
        ...ADA_HERE,
        at: LATER,
        operation: 'audit.list',
        effect: 'read',
      })),
      want: ['unusual-reads user/ada'],
    },
  ])('with $what yields the finding', ({ more, want }) => {
    expect(foundIn(more)).toEqual(want);
  });

  test.each<{ what: string; more: AuditRecord[] }>([
    {
      what: 'refusals of many who are each refused a little',
      more: repeated(50, 1000, (n) => ({ at: LATER, who: `user/u${n}`, effect: 'refusal' })),
    },
    {
      what: 'a new person, of whom no place is known',
      more: repeated(3, MINUTE, (n) => ({ at: LATER, who: 'user/new', from: `203.0.${n}.1` })),
    },
    {
      what: 'another address of the same network',
      more: [aRecord({ at: LATER, who: 'user/ada', from: '::ffff:192.0.2.200' })],
    },
    {
      what: 'access tokens that are fetched each second',
      more: repeated(100, 1000, () => ({ at: LATER, operation: 'auth.token', effect: 'read' })),
    },
    {
      what: 'items that no program can read',
      more: [{ ...aRecord({ at: LATER }), items: ['{', 'null', '7'] }],
    },
  ])('with $what yields none', ({ more }) => {
    expect(foundIn(more)).toEqual([]);
  });

  property.prop([fc.integer({ min: 0, max: 10_000 })], { numRuns: 20 })(
    'yields the same findings whatever order its chains come in',
    (seed) => {
      const more = repeated(40, 1000, () => ({ at: LATER, effect: 'refusal' }));
      const records = [...ordinaryWeeks(), ...more];
      const cut = seed % records.length;
      const turned = [...records.slice(cut), ...records.slice(0, cut)];
      expect(findPatterns(turned)).toEqual(findPatterns(records));
    },
  );
});

test('the docs list every rule and no other', () => {
  const text = readFileSync(new URL('../../../../docs/audit.md', import.meta.url), 'utf8');
  for (const { id, summary } of RULES) expect(text).toContain(`| \`${id}\` | ${summary} |`);
});

describe('the network of an address', () => {
  test.each([
    { address: '192.0.2.7', want: '192.0.2.0/24' },
    { address: '::ffff:192.0.2.7', want: '192.0.2.0/24' },
    { address: '2001:0db8:0007:1::1', want: '2001:db8:7::/48' },
    { address: '::1', want: '0:0:0::/48' },
    { address: 'fe80::1%eth0', want: 'fe80:0:0::/48' },
    { address: 'nonsense', want: 'nonsense' },
  ])('$address is $want', ({ address, want }) => {
    expect(networkOf(address)).toBe(want);
  });
});
