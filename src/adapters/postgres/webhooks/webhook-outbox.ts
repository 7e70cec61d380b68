/**
 * The `WebhookOutbox` port over PostgreSQL. The cursor and what was found before it change together,
 * as compare-and-set: of two servers one moves on, and nothing is skipped or found twice.
 */
import type { QueryResultRow } from 'pg';
import type { Delivery } from '../../../core/webhook/webhook.ts';
import type { ClaimedDelivery, Told, WebhookOutbox } from '../../../ports/webhooks.ts';
import type { Database } from '../database.ts';
import { jsonText } from '../json-text.ts';
import { nothing, statement } from '../statement.ts';

/** The ends of jobs that are told of are audited themselves. */
const unaudited = 'what is told follows from events and webhooks, whose changes are recorded';

interface DeliveryRow extends QueryResultRow {
  readonly id: string;
  readonly webhook: string;
  readonly body: string;
  readonly created_at: number;
  readonly tries: number;
}

const readCursor = statement({
  name: 'webhook_cursor_read',
  text: 'SELECT cursor FROM webhook_cursor',
  values: (_: undefined) => [],
  row: ({ cursor }: QueryResultRow & { readonly cursor: string }) => cursor,
});

const advance = statement({
  name: 'webhook_advance',
  unaudited,
  text: `
    WITH moved AS (
      INSERT INTO webhook_cursor AS c (cursor) VALUES ($2)
      ON CONFLICT (only_row) DO UPDATE SET cursor = EXCLUDED.cursor WHERE c.cursor = $1
      RETURNING true
    ), told AS (
      INSERT INTO webhook_delivery (id, webhook, body, created_at, due_at)
      SELECT d.id, d.webhook, d.body, d.created_at, d.created_at
        FROM jsonb_to_recordset($3::jsonb) AS d (id text, webhook text, body text, created_at bigint)
        JOIN webhook w ON w.id = d.webhook
       WHERE EXISTS (SELECT FROM moved)
      ON CONFLICT (id) DO NOTHING
    )
    SELECT true FROM moved`,
  values: (step: Parameters<WebhookOutbox['advance']>[0]) => [
    step.from ?? null,
    step.to,
    jsonText(
      step.deliveries.map(({ createdAt, ...delivery }: Delivery) => ({ ...delivery, created_at: createdAt })),
    ),
  ],
  row: (): true => true,
});

const claim = statement({
  name: 'webhook_claim',
  unaudited,
  text: `
    UPDATE webhook_delivery AS d SET due_at = $2, tries = tries + 1
      FROM (SELECT id FROM webhook_delivery WHERE due_at <= $1
             ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
     WHERE d.id = due.id
    RETURNING d.id, d.webhook, d.body, d.created_at, d.tries`,
  values: ({ now, until, limit }: Parameters<WebhookOutbox['claim']>[0]) => [now, until, limit],
  row: ({ id, webhook, body, created_at, tries }: DeliveryRow): ClaimedDelivery => ({
    id,
    webhook,
    body,
    createdAt: created_at,
    tries,
  }),
});

const forget = statement({
  name: 'webhook_delivery_forget',
  unaudited,
  text: 'DELETE FROM webhook_delivery WHERE id = $1',
  values: (id: string) => [id],
  row: nothing,
});

const postpone = statement({
  name: 'webhook_delivery_postpone',
  unaudited,
  text: 'UPDATE webhook_delivery SET due_at = $2 WHERE id = $1',
  values: ({ id, at }: { id: string; at: number }) => [id, at],
  row: nothing,
});

export class PostgresWebhookOutbox implements WebhookOutbox {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  cursor(): Promise<string | undefined> {
    return this.#db.one(readCursor, undefined);
  }

  async advance(step: Parameters<WebhookOutbox['advance']>[0]): Promise<boolean> {
    return (await this.#db.one(advance, step)) === true;
  }

  claim(by: Parameters<WebhookOutbox['claim']>[0]): Promise<readonly ClaimedDelivery[]> {
    return this.#db.run(claim, by);
  }

  async settle(id: string, told: Told): Promise<void> {
    if (told.kind === 'again') await this.#db.run(postpone, { id, at: told.at });
    else await this.#db.run(forget, id);
  }
}
