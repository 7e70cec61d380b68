import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../cli/errors.ts';
import { type NodesFile, nodesOf } from '../contract/nodes-file.ts';
import { nodesFileIn } from './nodes-file.ts';

const SIZE = 'allocatable: {cpu: 8, memory: 16Gi}';

function read(text: string): NodesFile {
  return nodesFileIn({ name: 'nodes.yaml', text, directory: '/' });
}

/** The problems of a file, as `line:column path: expected, got`. */
function problemsIn(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(({ where, path, expected, got, hint }) => {
      const at = where.replace('nodes.yaml:', '');
      return `${at} ${path}: ${expected}, got ${got}${hint ? `; ${hint}` : ''}`;
    });
  }
}

/** A file of one cluster with one group of nodes. */
function group(fields: string): string {
  return `clusters:\n  - name: sim-a\n    nodes:\n      - {${fields}}\n`;
}

describe('a file of simulated nodes', () => {
  test('gives every node its name, its size and its places', () => {
    const { clusters, local } = read(`
clusters:
  - name: sim-a
    nodes:
      - name: gpu-{n}
        count: 4
        allocatable: {cpu: "96", memory: 768Gi, nvidia.com/gpu: 8}
        labels: {gpu: a100}
        taints: [{key: gpu, value: "yes", effect: NoSchedule}]
        zone: z1
        rack: r{n/2}
      - {name: spare, unschedulable: true, allocatable: {cpu: 500m, memory: 1Gi}}
`);
    expect(local).toBe(true);
    const nodes = nodesOf(clusters[0]!);
    expect(nodes.map(({ name, labels }) => `${name} ${labels['capstan.dev/rack']}`)).toEqual([
      'gpu-0 r0',
      'gpu-1 r0',
      'gpu-2 r1',
      'gpu-3 r1',
      'spare undefined',
    ]);
    expect(nodes[3]).toEqual({
      name: 'gpu-3',
      allocatable: { cpu: 96_000, memory: 768 * 2 ** 30, 'nvidia.com/gpu': 8 },
      labels: {
        gpu: 'a100',
        'kubernetes.io/hostname': 'gpu-3',
        'topology.kubernetes.io/zone': 'z1',
        'capstan.dev/rack': 'r1',
      },
      taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
    });
    expect(nodes[4]).toMatchObject({ allocatable: { cpu: 500, memory: 2 ** 30 }, unschedulable: true });
  });

  test.each([
    { what: 'no clusters', text: 'local: false', want: ['1:1 clusters: a list, got nothing'] },
    {
      what: 'a field that is none',
      text: group(`name: a, ${SIZE}, size: 3`),
      want: [expect.stringMatching(/^4:\d+ clusters\[0\]\.nodes\[0\]\.size: a known field, got a number/)],
    },
    {
      what: 'the name of the agent of processes',
      text: `clusters: [{name: local, nodes: [{name: a, ${SIZE}}]}]`,
      want: [
        '1:13 clusters[0].name: another name than local, which is the agent that runs processes, got "local"',
      ],
    },
    {
      what: 'one name for two nodes',
      text: group(`name: gpu, count: 2, ${SIZE}`),
      want: [
        '4:10 clusters[0].nodes[0].name: a name with {n}, such as gpu-{n}: 2 nodes need 2 names, got "gpu"',
      ],
    },
    {
      what: 'a name of which two numbers make one',
      text: group(`name: 'gpu-{n/2}', count: 2, ${SIZE}`),
      want: [
        '4:10 clusters[0].nodes[0].name: a name with {n}, such as gpu-{n}: 2 nodes need 2 names, got "gpu-{n/2}"',
      ],
    },
    {
      what: 'a name that another group has',
      text: `clusters:\n  - name: a\n    nodes:\n      - {name: 'x-{n}', count: 3, ${SIZE}}\n      - {name: x-2, ${SIZE}}\n`,
      want: [
        '5:10 clusters[0].nodes[1].name: names that are free: nodes[0] of the cluster has x-2 already, got "x-2"',
      ],
    },
    {
      what: 'two clusters of one name',
      text: `clusters:\n  - {name: a, nodes: [{name: x, ${SIZE}}]}\n  - {name: a, nodes: [{name: y, ${SIZE}}]}\n`,
      want: [
        '3:6 clusters[1].name: another name: clusters[0] has it; put the nodes of one cluster into one entry, got "a"',
      ],
    },
    {
      what: 'a node without memory',
      text: group('name: a, allocatable: {cpu: 8}'),
      want: [
        expect.stringMatching(/allocatable\.memory: more than none: every node has memory, got nothing$/),
      ],
    },
    {
      what: 'half a GPU',
      text: group('name: a, allocatable: {cpu: 8, memory: 1Gi, nvidia.com/gpu: 0.5}'),
      want: [expect.stringMatching(/allocatable\.nvidia\.com\/gpu: a whole number, got 0\.5$/)],
    },
    {
      what: 'an effect that is none',
      text: group(`name: a, ${SIZE}, taints: [{key: k, effect: NoRun}]`),
      want: [
        expect.stringMatching(
          /taints\[0\]\.effect: one of NoSchedule, PreferNoSchedule, NoExecute, got "NoRun"/,
        ),
      ],
    },
    {
      what: 'a placeholder that is none',
      text: group(`name: 'gpu-{i}', ${SIZE}`),
      want: [expect.stringMatching(/name: a name of at most 63 lower-case .*\{n\/K\}.*, got "gpu-\{i\}"$/)],
    },
    {
      what: 'a zone that is said twice',
      text: group(`name: a, ${SIZE}, zone: z1, labels: {topology.kubernetes.io/zone: z2}`),
      want: [
        expect.stringMatching(
          /labels\.topology\.kubernetes\.io\/zone: left out: zone says it already; keep one of the two, got "z2"$/,
        ),
      ],
    },
    {
      what: 'more nodes than are bearable',
      text: `clusters:\n  - name: a\n    nodes:\n      - {name: 'x-{n}', count: 9000, ${SIZE}}\n      - {name: 'y-{n}', count: 1001, ${SIZE}}\n`,
      want: ['1:1 clusters: at most 10000 nodes in all; these are 10001: lower a count, got a list'],
    },
    {
      what: 'more of one kind',
      text: group(`name: 'x-{n}', count: 10001, ${SIZE}`),
      want: [
        expect.stringMatching(/these are 10001/),
        expect.stringMatching(/count: at most 10000, got 10001$/),
      ],
    },
    {
      what: 'what is no YAML',
      text: 'clusters: [',
      want: [expect.stringMatching(/^1:\d+ : valid YAML/)],
    },
  ])('is refused with $what', ({ text, want }) => {
    expect(problemsIn(text)).toEqual(want);
  });

  test('is refused when it is empty, or more than one', () => {
    expect(() => read('')).toThrow('nodes.yaml is empty');
    expect(() => read(`${group(`name: a, ${SIZE}`)}---\nlocal: true\n`)).toThrow(
      'nodes.yaml holds more than one document',
    );
  });
});
