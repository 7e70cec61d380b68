/** S05: roles of one's own and bindings: nobody makes more than they have. */
import { describe, expect, test } from 'vitest';
import { NOTICED_WITHIN, withHouse, within } from './house.ts';

const house = withHouse();

interface Refusal {
  readonly error: { readonly code: string };
}

const role = (name: string, operations: readonly string[], as?: string) =>
  house().ask<Refusal>('PUT', `/roles/${name}`, { ...(as ? { as } : {}), body: { operations } });

describe('a role of one’s own', () => {
  test('allows its operations and nothing else, and is noticed when it changes', async () => {
    await role('lister', ['job.list']);
    const key = await house().key('with-lister', ['lister']);
    const status = async (path: string) => (await house().ask('GET', path, { as: key })).status;
    expect([await status('/jobs'), await status('/projects'), await status('/auth/whoami')]).toEqual([
      200, 403, 200,
    ]);
    await role('lister', ['project.list']);
    await within(
      NOTICED_WITHIN,
      'the change to be noticed',
      async () => (await status('/jobs')) === 403 && (await status('/projects')) === 200,
    );
    const gone = await house().ask<Refusal>('DELETE', '/roles/lister');
    expect([gone.status, gone.body.error.code]).toEqual([409, 'role.in_use']);
  });

  test.each([
    { name: 'admin', operations: ['job.list'], want: [409, 'role.built_in'] },
    { name: 'odd', operations: ['job.explode'], want: [404, 'operation.unknown'] },
    { name: 'odd', operations: ['job:read'], want: [400, 'input.invalid'] },
    { name: 'odd', operations: [], want: [400, 'input.invalid'] },
  ])('$name with $operations is refused', async ({ name, operations, want }) => {
    const answer = await role(name, operations);
    expect([answer.status, answer.body.error.code]).toEqual(want);
  });

  test('holds no operation that its author lacks, nor is one above them changed by them', async () => {
    await role('role-editor', ['role.put', 'role.list', 'job.list']);
    const editor = await house().key('editor', ['role-editor']);
    expect((await role('harmless', ['job.list'], editor)).status).toBe(200);
    const above = await role('harmful', ['key.create'], editor);
    expect([above.status, above.body.error.code]).toEqual([403, 'auth.beyond']);
    await role('strong', ['key.create']);
    expect((await role('strong', ['job.list'], editor)).status).toBe(403);
    const local = await house().key('local', ['admin'], { projects: ['default'] });
    expect((await role('global', ['job.list'], local)).status).toBe(403);
  });
});

describe('a binding', () => {
  const bind = (name: string, body: object, as?: string) =>
    house().ask<Refusal>('PUT', `/rolebindings/${name}`, { ...(as ? { as } : {}), body });

  test('is listed, replaced and taken back', async () => {
    expect(
      (await bind('ocr', { subject: 'group:ocr', role: 'submitter', projects: ['default'] })).status,
    ).toBe(200);
    expect((await bind('ocr', { subject: 'group:ocr', role: 'viewer' })).status).toBe(200);
    const { body } = await house().ask<{ items: object[] }>('GET', '/rolebindings');
    expect(body.items).toEqual([expect.objectContaining({ name: 'ocr', role: 'viewer', scope: {} })]);
    expect((await house().ask('DELETE', '/rolebindings/ocr')).status).toBe(200);
    expect((await house().ask('DELETE', '/rolebindings/ocr')).status).toBe(404);
  });

  test.each([
    { subject: 'ada', role: 'viewer', want: 400 },
    { subject: 'key:admin', role: 'viewer', want: 400 },
    { subject: 'user:ada', role: 'no-such', want: 404 },
    { subject: 'user:ada', role: 'viewer', queues: [], want: 400 },
  ])('of $subject to $role is refused', async ({ want, ...body }) => {
    expect((await bind('wrong', body)).status).toBe(want);
  });

  test('gives no more than its author has there, and no binding above is touched', async () => {
    const local = await house().key('local-binder', ['admin'], { projects: ['default'] });
    const here = { projects: ['default'] };
    expect((await bind('mine', { subject: 'user:ada', role: 'admin', ...here }, local)).status).toBe(200);
    expect((await bind('wide', { subject: 'user:ada', role: 'viewer' }, local)).status).toBe(403);
    await bind('theirs', { subject: 'user:eve', role: 'viewer' });
    expect((await bind('theirs', { subject: 'user:ada', role: 'viewer', ...here }, local)).status).toBe(403);
    expect((await house().ask('DELETE', '/rolebindings/theirs', { as: local })).status).toBe(404);
    const { body } = await house().ask('GET', '/rolebindings', { as: local });
    expect(JSON.stringify(body)).not.toContain('theirs');
  });
});
