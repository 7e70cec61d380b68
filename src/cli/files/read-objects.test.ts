/** Files: every problem at once, where it stands; nothing that would multiply or change a value unsaid. */
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../errors.ts';
import type { ObjectKind } from './objects.ts';
import { readObjects } from './read-objects.ts';
import { submissionOf } from './submission.ts';

const HEAD = 'apiVersion: capstan.dev/v1alpha1\nkind: AIJob\n';

function read(text: string, kinds: readonly ObjectKind[] = ['AIJob']) {
  return readObjects([{ name: 'job.yaml', text, directory: '/files' }], kinds);
}

function problems(text: string, kinds?: readonly ObjectKind[]): string[] {
  try {
    read(text, kinds);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(({ where, path, expected, hint }) =>
      [where, path, expected, hint].filter((part) => part).join(' | '),
    );
  }
}

describe('a job file', () => {
  test('shows every problem at once, in the order of the file, each at its line and column', () => {
    const found = problems(`${HEAD}metadata:
  name: Bad_Name
  lables: {team: ocr}
spec:
  type: traning
  roles:
    - name: worker
      members: 0
      command: [node]
      resources: {nvidia.com/gpu: many}
    - name: driver
  timeout: soon
`);
    expect(found).toEqual([
      expect.stringMatching(/^job.yaml:4:3 \| metadata.name \| lower-case letters/),
      'job.yaml:5:3 | metadata.lables | a known field | did you mean labels?',
      expect.stringMatching(/^job.yaml:7:3 \| spec.type \| one of .* \| did you mean training\?$/),
      expect.stringMatching(/^job.yaml:10:7 \| spec.roles\[0\].members \| at least 1/),
      expect.stringMatching(/^job.yaml:12:19 \| spec.roles\[0\].resources.nvidia.com\/gpu/),
      expect.stringMatching(/^job.yaml:14:3 \| spec.timeout \| a duration/),
    ]);
  });

  test.each([
    {
      name: 'a missing field, at what should hold it',
      text: `${HEAD}spec:\n  type: batch\n`,
      want: 'job.yaml:3:1 | spec.command',
    },
    { name: 'no spec', text: HEAD, want: 'job.yaml:1:1 | spec' },
    { name: 'another kind', text: 'kind: Job\n', want: 'job.yaml:1:1 | kind | AIJob | did you mean AIJob?' },
    {
      name: 'another version',
      text: 'apiVersion: v1\nkind: AIJob\nspec: {command: [a]}\n',
      want: 'job.yaml:1:1 | apiVersion',
    },
    { name: 'no kind', text: 'spec: {}\n', want: 'job.yaml:1:1 | kind' },
    { name: 'a text', text: 'hello\n', want: 'job.yaml:1:1 | a map' },
    {
      name: 'a field twice',
      text: `${HEAD}spec:\n  command: [a]\n  command: [b]\n`,
      want: 'job.yaml:5:3 | valid YAML',
    },
    {
      name: 'a bad indent',
      text: `${HEAD}spec:\n  command: [a\n  type: batch\n`,
      want: 'job.yaml:5:3 | valid YAML',
    },
    { name: 'a tab', text: `${HEAD}spec:\n\tcommand: [a]\n`, want: 'job.yaml:4:1 | valid YAML' },
    {
      name: 'a tag',
      text: `${HEAD}spec: {command: [!!js/function 'x']}\n`,
      want: 'job.yaml:3:18 | valid YAML',
    },
    {
      name: 'a binary',
      text: `${HEAD}spec: {command: [!!binary aGk=]}\n`,
      want: 'job.yaml:3:18 | valid YAML',
    },
    {
      name: 'a merge key',
      text: `${HEAD}spec: {<<: {command: [a]}}\n`,
      want: 'job.yaml:3:8 | spec.<< | a known field',
    },
    { name: 'an unknown alias', text: `${HEAD}spec: *nothing\n`, want: 'job.yaml | aliases' },
  ])('is refused for $name', ({ text, want }) => {
    const found = problems(text);
    expect(found.filter((problem) => problem.startsWith(want))).toHaveLength(1);
  });

  test('cannot multiply by aliases', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const inner = level === 0 ? '"x"' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
    });
    expect(problems(`${levels.join('\n')}\n`)).toEqual([
      expect.stringContaining('aliases that are defined, and not many'),
    ]);
  });

  test('cannot nest without end', () => {
    expect(problems('['.repeat(50_000)).length).toBeGreaterThan(0);
  });

  test('may use a few aliases, many documents, comments, and JSON', () => {
    const objects =
      read(`---\n# nothing\n---\n${HEAD}spec: {command: &c [a], args: *c}\n---\n{"apiVersion": "capstan.dev/v1alpha1",
"kind": "AIJob", "spec": {"command": ["b"]}}\n`);
    expect(objects.map(({ value }) => value.spec)).toMatchObject([
      { command: ['a'], args: ['a'] },
      { command: ['b'] },
    ]);
  });

  test('may be JSON that is indented by tabs', () => {
    const json = JSON.stringify(
      { apiVersion: 'capstan.dev/v1alpha1', kind: 'AIJob', spec: { command: ['a'], typ: 1 } },
      null,
      '\t',
    );
    expect(problems(json)).toEqual(['job.yaml:8:3 | spec.typ | a known field | did you mean type?']);
  });

  test('may be what get -o yaml printed: what the server fills in is accepted and not sent', () => {
    const [object] = read(`apiVersion: capstan.dev/v1alpha1
kind: List
items:
  - apiVersion: capstan.dev/v1alpha1
    kind: AIJob
    metadata: {name: a, namespace: vision, uid: u, resourceVersion: "3", creationTimestamp: t, labels: {}}
    spec: {command: [a]}
    status: {state: running}
`);
    if (object?.kind !== 'AIJob') throw new Error('no job');
    expect(submissionOf(object.value, { project: 'default', flag: undefined })).toEqual({
      project: 'vision',
      name: 'a',
      labels: {},
      spec: { command: ['a'] },
    });
  });

  test('of a list shows where its problem stands', () => {
    const text = `kind: List\nitems:\n  - {apiVersion: capstan.dev/v1alpha1, kind: AIJob, spec: {comand: [a]}}\n`;
    expect(problems(text)).toContainEqual(expect.stringMatching(/^job.yaml:3:\d+ \| spec.comand/));
  });

  test.each([
    { workingDir: 'train', want: '/files/train' },
    { workingDir: '..', want: '/' },
    { workingDir: '/app', want: '/app' },
  ])('resolves the working directory $workingDir to $want', ({ workingDir, want }) => {
    const inline = read(`${HEAD}spec: {command: [a], workingDir: ${workingDir}}\n`);
    const roles = read(`${HEAD}spec: {roles: [{name: w, command: [a], workingDir: ${workingDir}}]}\n`);
    expect(inline[0]?.value.spec).toMatchObject({ workingDir: want });
    expect(roles[0]?.value.spec).toMatchObject({ roles: [{ workingDir: want }] });
  });
});

test('a file for apply may hold queues, projects and grants, each checked as its own kind', () => {
  const kinds = ['Project', 'Queue', 'QueueGrant', 'AIJob'] as const;
  const head = 'apiVersion: capstan.dev/v1alpha1\n';
  expect(
    problems(
      `${head}kind: Queue\nmetadata: {name: q}\nspec: {quota: {cpu: lots}, maxRuning: 3}\n---\n${head}kind: QueueGrant\nspec: {project: p}\n`,
      kinds,
    ),
  ).toEqual([
    expect.stringMatching(/^job.yaml:4:16 \| spec.quota.cpu/),
    'job.yaml:4:28 | spec.maxRuning | a known field | did you mean maxRunning?',
    expect.stringMatching(/^job.yaml:8:1 \| spec.queue/),
  ]);
  expect(read(`${head}kind: Queue\nmetadata: {name: q}\n`, kinds)).toHaveLength(1);
});

test('a project in the file and another by flag contradict each other', () => {
  const [object] = read(`${HEAD}metadata: {namespace: vision}\nspec: {command: [a]}\n`);
  if (object?.kind !== 'AIJob') throw new Error('no job');
  const choose = () => submissionOf(object.value, { project: 'speech', flag: 'speech' });
  expect(choose).toThrow('the file is for project vision, --project says speech');
});
