/** Makes a flavor, or changes it. */
import { FlavorView, PutFlavor } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewFlavor } from './view.ts';

export const putFlavor = defineOperation({
  name: 'flavor.put',
  summary: 'Make or change a flavor',
  input: PutFlavor,
  output: FlavorView,
  permission: 'queue:write',
  target: () => ({}),
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/flavors/{name}' },
  async handler({ input, ports, now }) {
    return viewFlavor(await ports.flavors.put(input, now));
  },
});
