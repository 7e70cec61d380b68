/** Webhooks on the wire. */
import { z } from 'zod';
import { listOf } from './meta.ts';
import { Labels, Name } from './scalars.ts';

const Event = z.enum(['succeeded', 'failed', 'cancelled']);

export const CreateWebhook = z
  .strictObject({
    project: Name,
    name: Name,
    url: z.string().max(2000).describe('Where to POST to: https, and a public address'),
    events: z
      .array(Event)
      .min(1)
      .max(3)
      .default(['succeeded', 'failed', 'cancelled'])
      .describe('Which ends of jobs are told'),
    labels: Labels.default({}).describe('Only of jobs that have all of these'),
  })
  .meta({ id: 'CreateWebhook' });

export const WebhookView = z
  .object({
    project: z.string(),
    name: z.string(),
    url: z.string(),
    events: z.array(Event),
    labels: z.record(z.string(), z.string()),
    createdAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' });

export const NewWebhookView = WebhookView.extend({
  secret: z.string().describe('What signs its deliveries: shown this once'),
}).meta({ id: 'NewWebhook' });

export const WebhookAddress = z.strictObject({ project: Name, name: Name });
export const ListWebhooks = z.strictObject({ project: Name });
export const WebhookList = listOf(WebhookView).meta({ id: 'WebhookList' });

export type WebhookView = z.output<typeof WebhookView>;
