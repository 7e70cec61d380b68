/** A webhook: whom to tell when jobs of a project end, and when to try again. Pure. */

export const WEBHOOK_EVENTS = ['succeeded', 'failed', 'cancelled'] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface Webhook {
  readonly id: string;
  readonly project: string;
  /** Unique in its project. */
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Jobs that have all of these; empty: every job. */
  readonly labels: Readonly<Record<string, string>>;
  /** Sealed: what signs its deliveries. */
  readonly secret: Uint8Array;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** One end of one job, for one webhook. */
export interface Delivery {
  /** The same at each try: a receiver that has seen it has nothing to do. */
  readonly id: string;
  readonly webhook: string;
  /** JSON, as it is signed and sent. */
  readonly body: string;
  readonly createdAt: number;
}

/** The end of a job, as far as it matters here. */
export interface Ending {
  readonly project: string;
  readonly state: string;
  readonly at: number;
  readonly labels: Readonly<Record<string, string>>;
}

export function wants(webhook: Webhook, ending: Ending): boolean {
  if (webhook.project !== ending.project || ending.at < webhook.createdAt) return false;
  if (!webhook.events.some((event) => event === ending.state)) return false;
  return Object.entries(webhook.labels).every(([key, value]) => ending.labels[key] === value);
}

const FIRST = 5_000;
const LONGEST = 3_600_000;
/** A receiver that was away for longer has lost what it was to be told. */
export const GIVE_UP_AFTER = 86_400_000;

/** When to try again after `tries` that failed, or undefined: no more. @param random from [0, 1) */
export function nextTry(
  delivery: { readonly createdAt: number; readonly tries: number },
  { now, random }: { readonly now: number; readonly random: number },
): number | undefined {
  const pause = Math.min(LONGEST, FIRST * 2 ** (delivery.tries - 1)) * (0.8 + 0.4 * random);
  const at = Math.ceil(now + pause);
  return at > delivery.createdAt + GIVE_UP_AFTER ? undefined : at;
}
