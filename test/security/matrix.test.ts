/** S04 and S05: every route needs a key, and every role may do what the matrix in the docs says, and nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROLE_NAMES } from '../../src/core/access/roles.ts';
import { OPERATIONS } from '../../src/operations/catalogue.ts';
import type { Operation } from '../../src/operations/define.ts';
import { withHouse } from './house.ts';

const house = withHouse();
const operations = Object.values<Operation>(OPERATIONS);

/** What answers without a key: health, and the handshake of signing in. */
const OPEN = [
  'GET /livez',
  'GET /readyz',
  ...operations
    .filter(({ permission }) => permission === 'open')
    .map(({ http }) => `${http?.method} ${http?.path}`),
];

function pathOf(pattern: string): string {
  return pattern.replaceAll(/(?<=\/):\w+|\{\w+\}/g, 'none');
}

describe('S04: every route of the router but health and the sign-in handshake', () => {
  test('the open ones are these alone', () => {
    const open = house().http.routes.filter((route) => route.open);
    expect(open.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(OPEN.toSorted());
    const handshake = operations.filter(({ permission }) => permission === 'open').map(({ name }) => name);
    expect(handshake.toSorted()).toEqual(SIGN_IN.toSorted());
  });

  test.each([
    { what: 'without a token', headers: {} },
    { what: 'with a token that is none', headers: { authorization: 'Bearer nonsense' } },
    { what: 'with basic credentials', headers: { authorization: 'Basic YWRtaW46YWRtaW4=' } },
    { what: 'with an empty token', headers: { authorization: 'Bearer ' } },
    {
      what: 'with a well-formed key that nobody made',
      headers: { authorization: `Bearer cap_${'0'.repeat(12)}_${'A'.repeat(43)}` },
    },
  ])('$what: 401', async ({ headers }) => {
    const closed = house().http.routes.filter((route) => !route.open);
    expect(closed.length).toBeGreaterThan(30);
    for (const { method, path } of closed) {
      const response = await fetch(`${house().address}${pathOf(path)}`, { method, headers: { ...headers } });
      await response.body?.cancel();
      expect([method, path, response.status]).toEqual([method, path, 401]);
    }
  });
});

const SIGN_IN = [
  'auth.settings',
  'auth.oidc',
  'auth.exchange',
  'auth.refresh',
  'auth.begin',
  'auth.complete',
  'console.begin',
  'console.complete',
];

/** The rows of the table in docs/permissions.md. */
function documented(): Map<string, readonly string[]> {
  const text = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const [head = [], , ...body] = cells;
  return new Map(
    body.map(([name = '', , , ...marks]) => [
      name.replaceAll('`', ''),
      head.slice(3).filter((_, index) => marks[index] === 'yes'),
    ]),
  );
}

describe('S05: role by operation', () => {
  const matrix = documented();

  test('the docs speak of every operation and no other', () => {
    expect([...matrix.keys()].toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });

  test.each(ROLE_NAMES)('%s may do what the docs say, and is refused the rest with 403', async (role) => {
    const key = await house().key(`matrix-${role}`, [role]);
    for (const { name, http } of operations) {
      if (!http || SIGN_IN.includes(name)) continue;
      const response = await fetch(`${house().address}${pathOf(http.path)}`, {
        method: http.method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        // Of a field that no operation has: whoever may is told that the input is wrong, and does nothing.
        ...(http.method === 'GET' || http.method === 'DELETE' ? {} : { body: '{"noSuchField":1}' }),
      });
      await response.body?.cancel();
      const allowed = response.status !== 403;
      expect({ role, name, allowed }).toEqual({ role, name, allowed: matrix.get(name)?.includes(role) });
      expect([role, name, response.status < 500]).toEqual([role, name, true]);
    }
  });

  test('a scope confines each role to its project: everything else there is as if it did not exist', async () => {
    await house().ask('PUT', '/projects/hidden', { body: {} });
    for (const role of ['viewer', 'submitter', 'operator', 'auditor', 'admin']) {
      const key = await house().key(`scoped-${role}`, [role], { projects: ['default'] });
      for (const { name, http } of operations) {
        if (!http?.path.includes('{project}') || !matrix.get(name)?.includes(role)) continue;
        const answers = await Promise.all(
          ['hidden', 'missing'].map(async (project) => {
            const path = http.path.replace('{project}', project).replaceAll(/\{\w+\}/g, 'none');
            const body = http.method === 'GET' || http.method === 'DELETE' ? undefined : {};
            const { status, body: told } = await house().ask<{ error?: object }>(
              http.method,
              path.replace('/api/v1', ''),
              { as: key, body },
            );
            return {
              status,
              told: JSON.stringify({ ...told.error, request_id: '' }).replaceAll(project, 'PROJECT'),
            };
          }),
        );
        // 400 where an input is needed that this does not give: it is judged before the place is looked at.
        expect([400, 404], `${role} ${name}`).toContain(answers[0]?.status);
        expect(answers[0]).toEqual(answers[1]);
      }
    }
  });
});
