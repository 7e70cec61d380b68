/** Ends a webhook, with what it was still to be told. */
import { Deleted } from '../../contract/job.ts';
import { WebhookAddress } from '../../contract/webhook.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

export const deleteWebhook = defineOperation({
  name: 'webhook.delete',
  summary: 'End a webhook, with what it was still to be told',
  input: WebhookAddress,
  output: Deleted,
  permission: 'project:write',
  target: ({ project }) => ({ project }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/webhooks/{project}/{name}' },
  async handler({ input, ports }) {
    const { project, name } = input;
    if (!(await ports.webhooks.remove(project, name)))
      throw new Refused('webhook.not_found', { webhook: name, project });
    return { deleted: true };
  },
});
