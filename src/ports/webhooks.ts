/** Webhooks as they are kept, what is still to be told, and who tells it. */
import type { Delivery, Webhook } from '../core/webhook/webhook.ts';

export interface WebhookStore {
  /** False when the project has one of that name. */
  insert(webhook: Webhook): Promise<boolean>;
  /** By name; of one project, or all. */
  list(project?: string): Promise<readonly Webhook[]>;
  /** With what was still to be told; false when there is none. */
  remove(project: string, name: string): Promise<boolean>;
}

export interface ClaimedDelivery extends Delivery {
  /** This one counted. */
  readonly tries: number;
}

export type Told =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'given-up' };

export interface WebhookOutbox {
  /** How far the events have been looked through; undefined before the first time. */
  cursor(): Promise<string | undefined>;
  /** Adds what is to be told and moves on, together; false when another server was faster. */
  advance(step: {
    readonly from: string | undefined;
    readonly to: string;
    readonly deliveries: readonly Delivery[];
  }): Promise<boolean>;
  /** Those whose time has come, each to one server until `until`: one that dies meanwhile leaves them due again. */
  claim(by: {
    readonly now: number;
    readonly until: number;
    readonly limit: number;
  }): Promise<readonly ClaimedDelivery[]>;
  settle(id: string, told: Told): Promise<void>;
}

export interface Courier {
  /** A new secret, to be shown once, and as it is kept. */
  makeSecret(id: string): { readonly secret: string; readonly sealed: Uint8Array };
  /** Why nothing is ever sent to such a URL; undefined when it may be. */
  whyNot(url: string): string | undefined;
  /** Resolves when the receiver has answered 2xx. Rejects otherwise, with a sentence. */
  send(webhook: Webhook, delivery: Delivery, now: number): Promise<void>;
}
