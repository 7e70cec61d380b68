import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { grantOf } from './grants.ts';
import { type Asked, type Grant, may, type Principal, projectsOf, type Scope } from './principal.ts';
import { PERMISSIONS, ROLE_NAMES } from './roles.ts';
import { isWithin, lacking } from './within.ts';

const PROJECTS = ['a', 'b', 'c'];
const QUEUES = ['q', 'r'];
const OPERATIONS: Record<string, Asked['permission']> = {
  'job.list': 'job:read',
  'job.submit': 'job:write',
  'key.create': 'key:write',
};
const permissionOf = (name: string) => OPERATIONS[name];

const anyScope: fc.Arbitrary<Scope> = fc.record(
  {
    projects: fc.subarray(PROJECTS, { minLength: 1 }),
    queues: fc.subarray(QUEUES, { minLength: 1 }),
  },
  { requiredKeys: [] },
);
const anyGrant: fc.Arbitrary<Grant> = fc.oneof(
  fc.tuple(fc.constantFrom(...ROLE_NAMES), anyScope).map(([role, scope]) => grantOf(role, scope)),
  fc
    .tuple(fc.subarray(Object.keys(OPERATIONS), { minLength: 1 }), anyScope)
    .map(([operations, scope]) => grantOf('own', scope, new Map([['own', operations]]))),
);
const anyGrants = fc.array(anyGrant, { maxLength: 4 });

const TARGETS = [undefined, ...PROJECTS].flatMap((project) =>
  [undefined, ...QUEUES].map((queue) => ({ project, queue })),
);
const ASKED: Asked[] = [
  ...PERMISSIONS.map((permission) => ({ name: 'none', permission })),
  ...Object.entries(OPERATIONS).map(([name, permission]) => ({ name, permission })),
];
const MACHINES = ['task:work', 'agent:link'];

function principal(grants: readonly Grant[]): Principal {
  return { id: 'key/x', kind: 'key', grants };
}

describe('isWithin', () => {
  property.prop([anyGrant, anyGrants])(
    'what is given away opens nothing that its giver could not open, but for the work of machines',
    (wanted, held) => {
      fc.pre(isWithin(wanted, held, permissionOf));
      for (const asked of ASKED.filter(({ permission }) => !MACHINES.includes(permission))) {
        for (const target of [...TARGETS, 'any' as const]) {
          if (may(principal([wanted]), asked, target)) {
            expect(may(principal(held), asked, target), JSON.stringify({ asked, target })).toBe(true);
          }
        }
      }
    },
  );

  property.prop([anyGrant.filter(({ permissions }) => !permissions.some((one) => MACHINES.includes(one)))])(
    'everybody may give away what they hold',
    (grant) => {
      expect(isWithin(grant, [grant], permissionOf)).toBe(true);
    },
  );

  test.each([
    { wanted: ['submitter', {}], held: ['admin', {}], want: true },
    { wanted: ['admin', {}], held: ['operator', {}], want: false },
    { wanted: ['viewer', {}], held: ['admin', { projects: ['a'] }], want: false },
    { wanted: ['viewer', { projects: ['a'] }], held: ['admin', { projects: ['a', 'b'] }], want: true },
    { wanted: ['viewer', { projects: ['a'] }], held: ['admin', { queues: ['q'] }], want: false },
    {
      wanted: ['viewer', { projects: ['a'], queues: ['q'] }],
      held: ['admin', { queues: ['q'] }],
      want: false,
    },
    { wanted: ['viewer', { queues: ['q'] }], held: ['admin', { queues: ['q', 'r'] }], want: true },
    { wanted: ['worker', { queues: ['q'] }], held: ['admin', {}], want: true },
    { wanted: ['worker', { queues: ['q'] }], held: ['operator', {}], want: false },
    { wanted: ['viewer', { projects: [] }], held: ['worker', {}], want: false },
  ] as const)('$wanted out of $held: $want', ({ wanted, held, want }) => {
    expect(isWithin(grantOf(wanted[0], wanted[1]), [grantOf(held[0], held[1])], permissionOf)).toBe(want);
  });

  test('two grants cover together what neither covers alone', () => {
    const held = [grantOf('viewer', { projects: ['a'] }), grantOf('viewer', { projects: ['b'] })];
    expect(isWithin(grantOf('viewer', { projects: ['a', 'b'] }), held, permissionOf)).toBe(true);
  });

  test('says what is lacking, and takes no operation that does not exist', () => {
    const custom = new Map([['own', ['job.submit', 'no.such']]]);
    const wanted = grantOf('own', {}, custom);
    expect(lacking(wanted, [grantOf('viewer')], permissionOf)).toEqual(['job.submit', 'no.such']);
  });
});

describe('projectsOf', () => {
  property.prop([anyGrants, fc.constantFrom(...ASKED)])(
    'names exactly the projects in which the principal may',
    (grants, asked) => {
      const seen = projectsOf(principal(grants), asked);
      for (const project of PROJECTS) {
        const want = may(principal(grants), asked, { project });
        expect(seen === 'all' || seen.includes(project)).toBe(want);
      }
    },
  );
});
