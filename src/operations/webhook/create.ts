/** Makes a webhook. Its secret is in the answer and, sealed, in the store; nowhere else. */
import { CreateWebhook, NewWebhookView } from '../../contract/webhook.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { viewWebhook } from './view.ts';

export const createWebhook = defineOperation({
  name: 'webhook.create',
  summary: 'Tell a URL when jobs of a project end; its secret is shown once',
  input: CreateWebhook,
  output: NewWebhookView,
  permission: 'project:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/webhooks/{project}' },
  async handler({ input, principal, ports, now }) {
    const { project, name, url, events, labels } = input;
    const why = ports.courier.whyNot(url);
    if (why !== undefined) throw new Refused('webhook.url', { why });
    if (!(await ports.projects.get(project))) throw new Refused('project.not_found', { project });
    const id = ports.chance.uid(now);
    const { secret, sealed } = ports.courier.makeSecret(id);
    const webhook = {
      id,
      project,
      name,
      url,
      events,
      labels,
      secret: sealed,
      createdAt: now,
      createdBy: principal.id,
    };
    if (!(await ports.webhooks.insert(webhook)))
      throw new Refused('webhook.name_taken', { webhook: name, project });
    return { ...viewWebhook(webhook), secret };
  },
});
