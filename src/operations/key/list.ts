/** Lists the keys within the scope of who asks, newest first. */
import { KeyList, ListKeys } from '../../contract/identity.ts';
import { defineOperation } from '../define.ts';
import { viewKey } from './view.ts';
import { sees } from './within.ts';

export const listKeys = defineOperation({
  name: 'key.list',
  summary: 'List API keys, newest first',
  input: ListKeys,
  output: KeyList,
  permission: 'key:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/keys' },
  async handler({ input, principal, ports, now }) {
    const page = await ports.keys.list(input);
    const views = page.items.filter((key) => sees(principal, key)).map((key) => viewKey(key, now));
    return { items: views.filter(({ state }) => input.all || state === 'active'), next: page.next };
  },
});
