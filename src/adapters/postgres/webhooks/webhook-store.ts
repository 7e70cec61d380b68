/** The `WebhookStore` port over PostgreSQL: few rows, each with its secret sealed. */
import type { QueryResultRow } from 'pg';
import type { Webhook } from '../../../core/webhook/webhook.ts';
import type { WebhookStore } from '../../../ports/webhooks.ts';
import type { Database } from '../database.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';

interface WebhookRow extends QueryResultRow {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly url: string;
  readonly events: Webhook['events'];
  readonly labels: Webhook['labels'];
  readonly secret: Buffer;
  readonly created_at: number;
  readonly created_by: string;
}

const insertWebhook = statement({
  name: 'webhook_insert',
  text: `
    INSERT INTO webhook (id, project, name, url, events, labels, secret, created_at, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (project, name) DO NOTHING
    RETURNING id`,
  values: (webhook: Webhook) => [
    webhook.id,
    webhook.project,
    webhook.name,
    webhook.url,
    jsonText(webhook.events),
    jsonText(webhook.labels),
    Buffer.from(webhook.secret),
    webhook.createdAt,
    cleanText(webhook.createdBy),
  ],
  row: (): true => true,
});

const listWebhooks = statement({
  name: 'webhook_list',
  text: `SELECT * FROM webhook WHERE $1::text IS NULL OR project = $1 ORDER BY project, name`,
  values: (project: string | undefined) => [project ?? null],
  row: (row: WebhookRow): Webhook => ({
    id: row.id,
    project: row.project,
    name: row.name,
    url: row.url,
    events: row.events,
    labels: row.labels,
    secret: new Uint8Array(row.secret),
    createdAt: row.created_at,
    createdBy: row.created_by,
  }),
});

const removeWebhook = statement({
  name: 'webhook_remove',
  text: 'DELETE FROM webhook WHERE project = $1 AND name = $2 RETURNING id',
  values: ({ project, name }: { project: string; name: string }) => [project, name],
  row: (): true => true,
});

export class PostgresWebhooks implements WebhookStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async insert(webhook: Webhook): Promise<boolean> {
    return (await this.#db.one(insertWebhook, webhook)) === true;
  }

  list(project?: string): Promise<readonly Webhook[]> {
    return this.#db.run(listWebhooks, project);
  }

  async remove(project: string, name: string): Promise<boolean> {
    return (await this.#db.one(removeWebhook, { project, name })) === true;
  }
}
