/** Nodes that are not there, for a what-if. */
import type { WhatIfInput } from '../../contract/scheduling.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { NodeSnapshot } from '../../core/scheduling/snapshot.ts';

type Asked = ReturnType<typeof WhatIfInput.parse>['addNodes'];

/** @throws Refused when the node they are to be like is not there */
export function newNodes(asked: Asked, present: readonly NodeSnapshot[]): NodeSnapshot[] {
  return asked.flatMap(({ like, count, allocatable, labels }, at) => {
    const model = like === undefined ? present[0] : present.find(({ name }) => name === like);
    if (like !== undefined && !model) throw new Refused('scheduling.node_not_found', { node: like });
    return Array.from(
      { length: count },
      (_, n): NodeSnapshot => ({
        agent: model?.agent ?? 'new',
        name: `new-${at}-${n}`,
        allocatable: allocatable ?? model?.allocatable ?? {},
        labels: { ...(like === undefined ? {} : model?.labels), ...labels },
      }),
    );
  });
}
