/**
 * Tells webhooks of the ends of jobs. One cursor for the installation goes through the events; what
 * it finds is stored with its step, and told at least once, under one id, for up to a day.
 */
import { Refused } from '../core/errors/refused.ts';
import { hasEnded } from '../core/job/state.ts';
import { type Delivery, nextTry, type Webhook, wants } from '../core/webhook/webhook.ts';
import type { StoredEvent } from '../ports/event-store.ts';
import type { Ports } from '../ports/index.ts';
import type { ClaimedDelivery } from '../ports/webhooks.ts';

const LOOK_AGAIN = 1000;
const EVENTS = 500;
const AT_ONCE = 16;
/** Longer than one try can take: after that another server may try. */
const CLAIMED_FOR = 30_000;

/** @param onTrouble told why a receiver was not reached; never a secret or a URL */
export async function webhookRound(
  ports: Ports,
  onTrouble: (what: string, error: unknown) => void,
): Promise<number> {
  const webhooks = await ports.webhooks.list();
  const behind = await collectEndings(ports, webhooks);
  const now = ports.clock.now();
  const due = await ports.outbox.claim({ now, until: now + CLAIMED_FOR, limit: AT_ONCE });
  const byId = new Map(webhooks.map((webhook) => [webhook.id, webhook]));
  await Promise.all(
    due.map((delivery) => deliver(ports, { delivery, webhook: byId.get(delivery.webhook) }, onTrouble)),
  );
  return behind || due.length === AT_ONCE ? 0 : LOOK_AGAIN;
}

/** Whether there is more. */
async function collectEndings(ports: Ports, webhooks: readonly Webhook[]): Promise<boolean> {
  const from = await ports.outbox.cursor();
  const batch = from === undefined ? undefined : await eventsAfter(ports, from);
  if (!batch) {
    await ports.outbox.advance({ from, to: await ports.events.cursor('now'), deliveries: [] });
    return false;
  }
  if (batch.cursor === from) return false;
  const deliveries = webhooks.length === 0 ? [] : await deliveriesOf(ports, batch.events, webhooks);
  await ports.outbox.advance({ from, to: batch.cursor, deliveries });
  return batch.events.length === EVENTS;
}

/** Undefined when the cursor is one of another store: a restored one begins anew, with what ends from now on. */
async function eventsAfter(ports: Ports, cursor: string) {
  try {
    return await ports.events.after(cursor, {}, EVENTS);
  } catch (error) {
    if (error instanceof Refused && error.code === 'cursor.expired') return undefined;
    throw error;
  }
}

async function deliveriesOf(
  ports: Ports,
  events: readonly StoredEvent[],
  webhooks: readonly Webhook[],
): Promise<Delivery[]> {
  const projects = new Set(webhooks.map(({ project }) => project));
  const endings = events.filter(
    ({ project, state }) => projects.has(project) && hasEnded({ name: state } as never),
  );
  const uids = [...new Set(endings.map(({ uid }) => uid))];
  const jobs = new Map((await ports.scheduler.jobs(uids)).map((job) => [job.uid, job]));
  return endings.flatMap((event) => {
    const labels = jobs.get(event.uid)?.labels ?? {};
    const { project, state, at } = event;
    return webhooks
      .filter((webhook) => wants(webhook, { project, state, at, labels }))
      .map((webhook) => deliveryOf(webhook, event, labels));
  });
}

/** Its id follows from what it tells: found twice, it is the same. */
function deliveryOf(
  webhook: Webhook,
  event: StoredEvent,
  labels: Readonly<Record<string, string>>,
): Delivery {
  const id = `${webhook.id}.${event.uid}.${event.at}`;
  const { project, job: name, uid, state, reason, message } = event;
  const at = new Date(event.at).toISOString();
  const body = {
    id,
    type: `job.${state}`,
    at,
    webhook: webhook.name,
    project,
    job: { name, uid, labels, state, reason, message },
  };
  return { id, webhook: webhook.id, body: JSON.stringify(body), createdAt: event.at };
}

interface Due {
  readonly delivery: ClaimedDelivery;
  readonly webhook: Webhook | undefined;
}

async function deliver(
  ports: Ports,
  { delivery, webhook }: Due,
  onTrouble: (what: string, error: unknown) => void,
): Promise<void> {
  // Made after this round had read them: due again when its claim ends.
  if (!webhook) return;
  try {
    await ports.courier.send(webhook, delivery, ports.clock.now());
  } catch (error) {
    const at = nextTry(delivery, { now: ports.clock.now(), random: ports.chance.random() });
    onTrouble(`webhook ${webhook.project}/${webhook.name}`, error);
    return ports.outbox.settle(delivery.id, at === undefined ? { kind: 'given-up' } : { kind: 'again', at });
  }
  await ports.outbox.settle(delivery.id, { kind: 'delivered' });
}
