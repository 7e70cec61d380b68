/** The machines that can hold members, as their agents last told. */
import { formatQuantities, formatTime } from '../../contract/scalars.ts';
import { NodeList, Nothing } from '../../contract/system.ts';
import { defineOperation } from '../define.ts';

export const listNodes = defineOperation({
  name: 'node.list',
  summary: 'List the machines that can hold members',
  input: Nothing,
  output: NodeList,
  permission: 'queue:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/nodes' },
  async handler({ ports }) {
    const agents = await ports.agents.list();
    const items = agents.flatMap(({ name: agent, connected, lastHeard, facts }) =>
      facts.nodes.map(({ name, allocatable, labels, taints, unschedulable }) => ({
        agent,
        name,
        connected,
        allocatable: formatQuantities(allocatable),
        labels: { ...labels },
        taints: taints?.map((taint) => ({ ...taint })),
        unschedulable,
        lastHeard: formatTime(lastHeard),
      })),
    );
    return { items };
  },
});
