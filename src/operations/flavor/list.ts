/** Lists the kinds of capacity there are. */
import { FlavorList, Page } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewFlavor } from './view.ts';

export const listFlavors = defineOperation({
  name: 'flavor.list',
  summary: 'List flavors',
  input: Page,
  output: FlavorList,
  permission: 'queue:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/flavors' },
  async handler({ input: { cursor, limit }, ports }) {
    const all = await ports.flavors.list();
    const rest = all.filter(({ name }) => cursor === undefined || name > cursor);
    const items = rest.slice(0, limit);
    return {
      items: items.map(viewFlavor),
      next: items.length < rest.length ? items.at(-1)?.name : undefined,
    };
  },
});
