/** Shows one flavor. */
import { FlavorView, Named } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { viewFlavor } from './view.ts';

export const getFlavor = defineOperation({
  name: 'flavor.get',
  summary: 'Show one flavor',
  input: Named,
  output: FlavorView,
  permission: 'queue:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/flavors/{name}' },
  async handler({ input, ports }) {
    const flavor = await ports.flavors.get(input.name);
    if (!flavor) throw new Refused('flavor.not_found', { flavor: input.name });
    return viewFlavor(flavor);
  },
});
