/** What the scheduler decided, with all that it was decided on: to be made again elsewhere. */
import { formatTime } from '../../contract/scalars.ts';
import { DecisionList, DecisionsInput } from '../../contract/scheduling.ts';
import { defineOperation } from '../define.ts';

export const listDecisions = defineOperation({
  name: 'scheduling.decisions',
  summary: 'List decisions of the scheduler with what they were made on',
  input: DecisionsInput,
  output: DecisionList,
  // Jobs of every project are in them.
  permission: 'queue:write',
  target: () => ({}),
  effect: 'read',
  audit: 'read',
  http: { method: 'GET', path: '/api/v1/scheduling/decisions' },
  async handler({ input: { from, limit, base }, ports }) {
    const items = await ports.decisions.read({ from, limit, base });
    return {
      items: items.map(({ seq, at, kind, version, body }) => ({
        seq,
        at: formatTime(at),
        kind,
        version,
        body: Buffer.from(body).toString('base64'),
      })),
      last: await ports.decisions.last(),
    };
  },
});
