/** A webhook as the API shows it: never its secret. */
import { formatTime } from '../../contract/scalars.ts';
import type { WebhookView } from '../../contract/webhook.ts';
import type { Webhook } from '../../core/webhook/webhook.ts';

export function viewWebhook({
  project,
  name,
  url,
  events,
  labels,
  createdAt,
  createdBy,
}: Webhook): WebhookView {
  return {
    project,
    name,
    url,
    events: [...events],
    labels: { ...labels },
    createdAt: formatTime(createdAt),
    createdBy,
  };
}
