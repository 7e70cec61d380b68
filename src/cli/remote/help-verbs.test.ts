/** `explain` and `completion`: what people and shells are told. */
import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { JobSpecInput } from '../../contract/job-spec.ts';
import { fieldsOf } from '../files/field-schema.ts';
import { against } from '../testing/against.ts';
import { run } from '../testing/run.ts';
import { flavorView, jobView, queueView } from '../testing/views.ts';

describe('explain', () => {
  test('shows each field of the schema, with a meaning', async () => {
    const { stdout } = await run(['explain', 'job.spec']);
    const { fields } = fieldsOf(JobSpecInput, 'spec');
    expect(fields.length).toBeGreaterThan(20);
    for (const field of fields) {
      expect(stdout).toContain(`  ${field.name} `);
      expect(field.description, field.name).not.toBe('');
    }
  });

  test('shows one field, in the spec when nothing else is said', async () => {
    const { stdout } = await run(['explain', 'job.retry']);
    expect(stdout).toMatch(/FIELD: +spec.retry\n/);
    expect(stdout).toMatch(/ {2}limit +integer 0–1000 +default 3 +Failed attempts/);
    expect(stdout).toMatch(/ {2}backoff +map/);
    expect(stdout).not.toMatch(/^ +initial/m);
    expect((await run(['explain', 'job.retry', '--recursive'])).stdout).toMatch(
      / {4}initial +duration +default 5s/,
    );
    expect((await run(['explain', 'job.spec.retry'])).stdout).toBe(stdout);
  });

  test.each([
    { path: 'job', says: 'metadata' },
    { path: 'queue.quota', says: 'what running jobs may hold' },
    { path: 'queuegrant.maxPriority', says: 'integer 0–100' },
    { path: 'project.defaultQueue', says: 'name' },
    { path: 'job.roles[0].env', says: 'Variables' },
    { path: 'job.roles.env.secret', says: 'required' },
    { path: 'job.timeout', says: 'duration' },
    { path: 'job.metadata.name', says: 'Unique among the live jobs' },
  ])('knows $path', async ({ path, says }) => {
    const { code, stdout } = await run(['explain', path]);
    expect(stdout).toContain(says);
    expect(code).toBe(0);
  });

  test.each([
    { path: 'pod', says: '"pod" has no file' },
    { path: 'job.rols', says: 'did you mean roles?' },
    { path: 'job.timeout.x', says: 'there is no field x' },
  ])('refuses $path', async ({ path, says }) => {
    const { code, stderr } = await run(['explain', path]);
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });
});

describe('completion', () => {
  test.each([
    { words: ['ge'], want: ['get'] },
    { words: ['get', 'que'], want: ['queuegrants', 'queues'] },
    { words: ['get', 'jobs', '-o', ''], want: ['json', 'name', 'table', 'wide', 'yaml'] },
    { words: ['-n', 'x', 'conte'], want: ['context'] },
    { words: ['context', ''], want: ['add', 'list', 'remove', 'show', 'use'] },
    { words: ['logs', '--t'], want: ['--tail', '--timestamps'] },
    { words: ['run', '--type', 't'], want: ['training'] },
    { words: ['completion', ''], want: ['bash', 'fish', 'zsh'] },
    { words: ['submit', '-f', ''], want: [] },
    { words: ['nothing', 'x'], want: [] },
  ])('of $words is $want', async ({ words, want }) => {
    const { stdout, stderr } = await run(['__complete', '--', ...words]);
    expect(stdout.split('\n').filter(Boolean)).toEqual(want);
    expect(stderr).toBe('');
  });

  test.each([['logs'], ['cancel', 'other'], ['get', 'jobs'], ['describe', 'job']])(
    'after %s asks the server for names of jobs',
    async (...words) => {
      const { run } = await against({
        'GET /api/v1/jobs': { json: { items: [jobView('digits'), jobView('eval')] } },
      });
      expect((await run(['__complete', '--', ...words, 'di'])).stdout).toBe('digits\n');
    },
  );

  test.each([
    { words: ['get', 'queues'], path: 'queues', view: queueView },
    { words: ['describe', 'queue'], path: 'queues', view: queueView },
    { words: ['get', 'fl'], path: 'flavors', view: flavorView },
    { words: ['describe', 'flavor'], path: 'flavors', view: flavorView },
  ])('after $words asks the server for names of $path', async ({ words, path, view }) => {
    const { run } = await against({
      [`GET /api/v1/${path}`]: { json: { items: [view('digits'), view('l4')] } },
    });
    expect((await run(['__complete', '--', ...words, 'di'])).stdout).toBe('digits\n');
  });

  test('says nothing, and no error, when the server does not answer', async () => {
    expect(await run(['__complete', '--', 'logs', ''])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('for bash is a script that bash accepts', async () => {
    const { stdout } = await run(['completion', 'bash']);
    const code = await new Promise((resolve) => {
      const bash = execFile('bash', ['-n'], (error) => resolve(error?.code ?? 0));
      bash.stdin?.end(stdout);
    });
    expect(code).toBe(0);
  });

  test.each(['zsh', 'fish'])('for %s asks the program', async (shell) => {
    expect((await run(['completion', shell])).stdout).toContain('capstan __complete -- ');
  });
});
