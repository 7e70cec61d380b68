/** Lists the webhooks of a project. */
import { ListWebhooks, WebhookList } from '../../contract/webhook.ts';
import { defineOperation } from '../define.ts';
import { viewWebhook } from './view.ts';

export const listWebhooks = defineOperation({
  name: 'webhook.list',
  summary: 'List the webhooks of a project',
  input: ListWebhooks,
  output: WebhookList,
  // A URL may be a secret in itself: who only reads jobs does not see it.
  permission: 'project:write',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/webhooks/{project}' },
  async handler({ input, ports }) {
    return { items: (await ports.webhooks.list(input.project)).map(viewWebhook) };
  },
});
