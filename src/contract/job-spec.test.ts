import { describe, expect, test } from 'vitest';
import type { Problem } from './error.ts';
import { SubmitJob } from './job.ts';
import { JobSpecInput } from './job-spec.ts';
import { problemsOf } from './problems.ts';

const COMMAND = { command: ['node', 'train.mjs'] };
const DURATION = 'a duration such as 30s, 10m, 1h30m or 2d';
const QUANTITY = 'a Kubernetes quantity such as 2, 500m, 256Mi or 1Gi';
const PATH = 'an absolute path without ".."';
const NAME = 'lower-case letters, digits and "-", starting and ending with a letter or digit';

function problems(wire: unknown, schema: typeof JobSpecInput | typeof SubmitJob = JobSpecInput): Problem[] {
  const parsed = schema.safeParse(wire);
  return parsed.success ? [] : problemsOf(parsed.error, wire, schema);
}

interface Bad {
  readonly what: string;
  readonly wire: unknown;
  readonly want: readonly Partial<Problem>[];
}

function expectProblems({ wire, want }: Bad): void {
  const found = problems(wire);
  expect(found).toMatchObject(want);
  expect(found).toHaveLength(want.length);
}

/** One wrong field beside a command. */
function bad(what: string, field: object, want: Partial<Problem>): Bad {
  return { what, wire: { ...COMMAND, ...field }, want: [want] };
}

describe('a job spec', () => {
  test('has a default for all but what runs', () => {
    expect(JobSpecInput.parse(COMMAND)).toEqual({
      type: 'batch',
      priority: 50,
      roles: [
        {
          name: 'worker',
          members: { min: 1, max: 1 },
          command: ['node', 'train.mjs'],
          args: [],
          env: {},
          resources: {},
          volumes: [],
          nodeSelector: {},
          tolerations: [],
        },
      ],
      topology: { level: 'none', required: false },
      retry: { limit: 3, backoff: { initialMs: 5000, factor: 2, maxMs: 300_000 }, rules: [] },
      checkpoint: { graceMs: 30_000 },
      outputs: [],
      replaceAfterMs: null,
    });
  });

  test('is the same written inline and as one role', () => {
    const fields = { ...COMMAND, members: 4, env: { EPOCHS: '12' }, resources: { cpu: '250m' } };
    expect(JSON.stringify(JobSpecInput.parse({ roles: [{ name: 'worker', ...fields }] }))).toBe(
      JSON.stringify(JobSpecInput.parse(fields)),
    );
  });

  test.each([
    { what: 'an elastic role', wire: { members: { min: 2, max: 8 } } },
    { what: 'a secret variable', wire: { env: { TOKEN: { secret: { name: 'hub', key: 'token' } } } } },
    {
      what: 'a claim and scratch space',
      wire: {
        volumes: [
          { mount: '/data', claim: 'digits' },
          { mount: '/dev/shm', size: '1Gi' },
        ],
      },
    },
    { what: 'replacement when lost', wire: { onLost: { replaceAfter: '10m' } } },
    { what: 'a grace of nothing', wire: { checkpoint: { grace: '0s' } } },
    { what: 'a path with dots in a name', wire: { outputs: [{ path: '/out/..a/b..', name: 'm' }] } },
    { what: 'a relative working directory', wire: { workingDir: 'src' } },
    { what: 'the largest gang', wire: { members: 4096 } },
    { what: 'the ends of priority', wire: { priority: 0 } },
    {
      what: 'a retry rule',
      wire: { retry: { rules: [{ exitCodes: [137], signals: ['SIGKILL'], action: 'ignore' }] } },
    },
  ])('takes $what', ({ wire }) => {
    expect(problems({ ...COMMAND, ...wire })).toEqual([]);
  });

  test.each<Bad>([
    {
      what: 'a misspelled command, and that there is none',
      wire: { comand: ['x'] },
      want: [
        { path: 'comand', expected: 'a known field', got: 'a list', hint: 'did you mean command?' },
        { path: 'command', expected: 'the program to run, such as [node, train.mjs]', got: 'nothing' },
      ],
    },
    { what: 'no map', wire: 'train', want: [{ path: '', expected: 'a map', got: '"train"' }] },
    { what: 'a list', wire: [], want: [{ path: '', expected: 'a map', got: 'an empty list' }] },
    { what: 'null', wire: null, want: [{ path: '', expected: 'a map', got: 'null' }] },
    bad('an empty command', { command: [] }, { path: 'command', got: 'an empty list' }),
    bad(
      'a command in one string',
      { command: 'node x' },
      { path: 'command', expected: 'a list', got: 'a string' },
    ),
    bad(
      'a word of a command that is a number',
      { command: [1] },
      { path: 'command[0]', expected: 'a string' },
    ),
    bad('no members', { members: 0 }, { path: 'members', expected: 'at least 1', got: '0' }),
    bad('too many members', { members: 4097 }, { path: 'members', expected: 'at most 4096', got: '4097' }),
    bad('half a member', { members: 1.5 }, { path: 'members', expected: 'a whole number', got: '1.5' }),
    bad(
      'members in words',
      { members: 'two' },
      { path: 'members', expected: 'a number, or a map', got: '"two"' },
    ),
    bad('an elastic role without its end', { members: { min: 1 } }, { path: 'members.max', got: 'nothing' }),
    bad(
      'an elastic role upside down',
      { members: { min: 3, max: 2 } },
      { path: 'members.max', expected: 'at least min', got: '2' },
    ),
    bad('a priority too high', { priority: 101 }, { path: 'priority', expected: 'at most 100', got: '101' }),
    bad('a priority too low', { priority: -1 }, { path: 'priority', expected: 'at least 0', got: '-1' }),
    bad(
      'a priority in words',
      { priority: 'high' },
      { path: 'priority', expected: 'a number', got: '"high"' },
    ),
    bad(
      'a duration in words',
      { timeout: '10 minutes' },
      { path: 'timeout', expected: DURATION, got: '"10 minutes"' },
    ),
    bad('a duration as a number', { timeout: 600 }, { path: 'timeout', expected: DURATION, got: '600' }),
    bad('an empty duration', { deadline: '' }, { path: 'deadline', expected: DURATION, got: '""' }),
    bad(
      'a timeout of nothing',
      { timeout: '0s' },
      { path: 'timeout', expected: 'a duration longer than 0s' },
    ),
    bad(
      'a duration of centuries',
      { timeout: '999999d' },
      { path: 'timeout', expected: `${DURATION}, at most 100 years` },
    ),
    bad(
      'a time in words',
      { startAfter: 'tomorrow' },
      { path: 'startAfter', expected: 'a time such as 2027-01-31T08:00:00Z' },
    ),
    bad(
      'a quantity in words',
      { resources: { cpu: 'many' } },
      { path: 'resources.cpu', expected: QUANTITY, got: '"many"' },
    ),
    bad(
      'a negative quantity',
      { resources: { cpu: -1 } },
      { path: 'resources.cpu', expected: QUANTITY, got: '-1' },
    ),
    bad(
      'a quantity with a byte unit',
      { resources: { memory: '1GB' } },
      { path: 'resources.memory', expected: QUANTITY },
    ),
    bad(
      'half a GPU',
      { resources: { 'nvidia.com/gpu': 0.5 } },
      { path: 'resources.nvidia.com/gpu', expected: 'a whole number', got: '0.5' },
    ),
    bad(
      'a resource that is no name',
      { resources: { 'a b': 1 } },
      { path: 'resources.a b', expected: 'a Kubernetes label key' },
    ),
    bad('resources in a list', { resources: [1] }, { path: 'resources', expected: 'a map', got: 'a list' }),
    bad(
      'roles beside the fields of one',
      { roles: [{ name: 'a', ...COMMAND }] },
      { path: 'command', expected: 'either roles, or the fields of the one role beside type; not both' },
    ),
    {
      what: 'two roles of one name',
      wire: {
        roles: [
          { name: 'a', ...COMMAND },
          { name: 'a', ...COMMAND },
        ],
      },
      want: [{ path: 'roles[1].name', expected: 'a name that no other of them has', got: '"a"' }],
    },
    {
      what: 'no roles',
      wire: { roles: [] },
      want: [{ path: 'roles', expected: 'at least 1 item', got: 'an empty list' }],
    },
    {
      what: 'roles in a map',
      wire: { roles: {} },
      want: [{ path: 'roles', expected: 'a list', got: 'a map' }],
    },
    {
      what: 'a role without a name',
      wire: { roles: [COMMAND] },
      want: [{ path: 'roles[0].name', expected: 'a string', got: 'nothing' }],
    },
    {
      what: 'a role without a command',
      wire: { roles: [{ name: 'a' }] },
      want: [{ path: 'roles[0].command', got: 'nothing' }],
    },
    {
      what: 'a role with a bad name',
      wire: { roles: [{ name: 'A_B', ...COMMAND }] },
      want: [{ path: 'roles[0].name', expected: NAME, got: '"A_B"' }],
    },
    {
      what: 'a misspelled field of a role',
      wire: { roles: [{ name: 'a', ...COMMAND, member: 2 }] },
      want: [{ path: 'roles[0].member', hint: 'did you mean members?' }],
    },
    bad(
      'a variable that is ours',
      { env: { RANK: '1' } },
      { path: 'env.RANK', expected: 'another name: Capstan sets this one for every member' },
    ),
    bad(
      'a variable of simulated members that there is not',
      { env: { CAPSTAN_SIMULATED_S: '1' } },
      { path: 'env.CAPSTAN_SIMULATED_S' },
    ),
    bad('a variable with our prefix', { env: { CAPSTAN_JOB: '1' } }, { path: 'env.CAPSTAN_JOB' }),
    bad(
      'a variable that is no name',
      { env: { '1A': 'x' } },
      { path: 'env.1A', expected: 'a variable name: letters, digits and "_"', got: '"1A"' },
    ),
    bad(
      'a variable that is a number',
      { env: { EPOCHS: 12 } },
      {
        path: 'env.EPOCHS',
        expected: 'a string, in quotes when it looks like a number, or a map',
        got: 'a number',
      },
    ),
    bad(
      'a secret without its key',
      { env: { A: { secret: { name: 'hub' } } } },
      { path: 'env.A.secret.key', got: 'nothing' },
    ),
    bad('a NUL in a variable', { env: { A: 'a\0b' } }, { path: 'env.A', expected: 'no NUL characters' }),
    bad(
      'a relative output',
      { outputs: [{ path: 'out/x', name: 'm' }] },
      { path: 'outputs[0].path', expected: PATH, got: '"out/x"' },
    ),
    bad(
      'an output that leads upwards',
      { outputs: [{ path: '/out/../x', name: 'm' }] },
      { path: 'outputs[0].path', expected: PATH },
    ),
    bad(
      'one that does so behind a line break',
      { outputs: [{ path: '/a\n/../x', name: 'm' }] },
      { path: 'outputs[0].path', expected: PATH },
    ),
    bad(
      'two outputs of one name',
      {
        outputs: [
          { path: '/a', name: 'm' },
          { path: '/b', name: 'm' },
        ],
      },
      { path: 'outputs[1].name', got: '"m"' },
    ),
    bad(
      'a relative mount',
      { volumes: [{ mount: 'data', claim: 'c' }] },
      { path: 'volumes[0].mount', expected: PATH },
    ),
    bad(
      'a volume that is both',
      { volumes: [{ mount: '/d', claim: 'c', size: '1Gi' }] },
      { path: 'volumes[0].size', expected: 'left out: it does not go with the other fields here' },
    ),
    bad(
      'a volume of no size',
      { volumes: [{ mount: '/d', size: 'big' }] },
      { path: 'volumes[0].size', expected: QUANTITY },
    ),
    bad('a misspelled type', { type: 'trainning' }, { path: 'type', hint: 'did you mean training?' }),
    bad(
      'a misspelled level',
      { topology: { level: 'rak' } },
      { path: 'topology.level', hint: 'did you mean rack?' },
    ),
    bad('a retry that is a number', { retry: 3 }, { path: 'retry', expected: 'a map', got: '3' }),
    bad(
      'an empty retry rule',
      { retry: { rules: [{ action: 'retry' }] } },
      { path: 'retry.rules[0]', expected: 'at least one of exitCodes, signals, reasons' },
    ),
    bad(
      'an exit code that cannot be',
      { retry: { rules: [{ exitCodes: [300], action: 'fail' }] } },
      { path: 'retry.rules[0].exitCodes[0]', expected: 'at most 255' },
    ),
    bad(
      'a signal without SIG',
      { retry: { rules: [{ signals: ['KILL'], action: 'fail' }] } },
      { path: 'retry.rules[0].signals[0]', expected: 'a signal such as SIGKILL' },
    ),
    bad(
      'an unknown way out',
      { onLost: 'replace' },
      { path: 'onLost', expected: 'wait, or a map', got: '"replace"' },
    ),
    bad(
      'a replacement some time',
      { onLost: { replaceAfter: 'soon' } },
      { path: 'onLost.replaceAfter', expected: DURATION },
    ),
    bad(
      'a selector value with a space',
      { nodeSelector: { a: 'b c' } },
      { path: 'nodeSelector.a', got: '"b c"' },
    ),
    bad(
      'a field that is like none',
      { colour: 'blue' },
      { path: 'colour', expected: 'a known field', got: 'a string' },
    ),
  ])('refuses $what', expectProblems);

  test('lists every problem at once', () => {
    const wire = {
      project: 'A',
      name: 'x_y',
      labels: { 'a b': 'c' },
      spec: { members: 0, timeout: 'x', tpye: 1 },
    };
    expect(
      problems(wire, SubmitJob)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['labels.a b', 'name', 'project', 'spec.members', 'spec.timeout', 'spec.tpye']);
  });

  test('is asked for when a submission has none, and says so beside a misspelling', () => {
    expect(problems({ sepc: COMMAND }, SubmitJob)).toMatchObject([
      { path: 'spec', expected: 'a map', got: 'nothing' },
      { path: 'sepc', hint: 'did you mean spec?' },
    ]);
  });
});
