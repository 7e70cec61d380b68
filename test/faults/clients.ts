/** Clients that go on whatever happens: each submission is repeated under its key until it is acknowledged. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import { JOB_SCRIPT } from './evidence.ts';
import type { Door, Installation } from './installation.ts';
import type { Ledger, Nature, Order, Steer } from './ledger.ts';

/** Statuses that say: not now. Whoever gets one tries again. */
const PASSING = new Set([429, 503]);
const ANSWER_LIMIT_MS = 15_000;

export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  /** Nothing came back: it may have been done or not. */
  | { readonly kind: 'lost' };

export async function ask(
  at: Door,
  request: { readonly path: string; readonly body: unknown; readonly key?: string },
): Promise<Answer> {
  try {
    const response = await fetch(`${at.address}/api/v1${request.path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${at.key}`,
        'content-type': 'application/json',
        ...(request.key === undefined ? {} : { 'idempotency-key': request.key }),
      },
      body: JSON.stringify(request.body),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return { kind: 'answer', status: response.status, body: await response.text() };
  } catch {
    return { kind: 'lost' };
  }
}

export interface ClientOptions {
  readonly installation: Installation;
  /** Where requests go: to it, or to either of two. */
  readonly door: Door;
  readonly ledger: Ledger;
  readonly chance: Chance;
}

const FAILS: Readonly<Record<Nature, number>> = { succeeds: 0, 'fails-once': 1, fails: 99 };

/** Submits so many jobs, spread over the time given, from a few clients at once. */
export async function submitAll(
  options: ClientOptions,
  plan: { readonly jobs: number; readonly label: string; readonly overMs: number },
): Promise<void> {
  const orders = Array.from({ length: plan.jobs }, (_, at) => newOrder(options.chance, plan.label, at));
  options.ledger.orders.push(...orders);
  const waits = orders.map(() => options.chance.next() * plan.overMs).toSorted((a, b) => a - b);
  await Promise.all(
    orders.map(async (order, at) => {
      await delay(waits[at]);
      await submit(options, order);
    }),
  );
}

function newOrder(chance: Chance, label: string, at: number): Order {
  const nature = chance.happens(0.75) ? 'succeeds' : chance.happens(0.6) ? 'fails-once' : 'fails';
  return {
    name: `${label}-${at}`,
    label,
    key: `${label}-${at}-${chance.between(0, 1e9)}`,
    nature,
    members: chance.happens(0.1) ? 2 : 1,
    uids: new Set(),
    acknowledged: new Set(),
    asked: new Map(),
  };
}

async function submit({ installation, door, ledger, chance }: ClientOptions, order: Order): Promise<void> {
  const spec = {
    command: ['sh', '-c', JOB_SCRIPT],
    members: order.members,
    env: {
      EVIDENCE: installation.evidence,
      BEATS: String(chance.between(0, 8)),
      FAILS: String(FAILS[order.nature]),
    },
    resources: { cpu: '50m' },
    retry: { limit: 2, backoff: { initial: '1s', factor: 1, max: '1s' } },
    checkpoint: { grace: '5s' },
  };
  const body = { name: order.name, labels: { round: order.label }, spec };
  ledger.counts.submissions += 1;
  // Tried at least once more after it was acknowledged, now and then: the same key is the same job.
  for (let again = chance.happens(0.1) ? 1 : 0; order.uid === undefined || again-- > 0; ) {
    ledger.counts.tries += 1;
    const answer = await ask(door, { path: '/jobs', body, key: order.key });
    if (answer.kind === 'answer' && (answer.status === 200 || answer.status === 201)) {
      order.uid = (JSON.parse(answer.body) as { metadata: { uid: string } }).metadata.uid;
      order.uids.add(order.uid);
      continue;
    }
    noteRefusal(ledger, answer, `submission of ${order.name}`);
    if (answer.kind === 'answer' && !PASSING.has(answer.status)) return;
    await delay(100 + chance.next() * 400);
  }
}

function noteRefusal(ledger: Ledger, answer: Answer, what: string): void {
  if (answer.kind === 'lost') ledger.counts.lostAnswers += 1;
  else if (PASSING.has(answer.status)) ledger.counts.refused += 1;
  else ledger.improper.push(`${what} was answered ${answer.status}: ${answer.body.slice(0, 500)}`);
}

const STEERS: readonly Steer[] = ['cancel', 'suspend', 'resume', 'redrive', 'resume', 'redrive'];

/** Cancels, suspends, resumes and redrives at random, until the signal aborts. */
export async function steerAtRandom(
  options: ClientOptions,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { chance, ledger } = options;
  while (!signal.aborted) {
    await delay(chance.next() * 2 * everyMs, undefined, { signal }).catch(() => undefined);
    const recent = ledger.acknowledged.slice(-40);
    const order = chance.pick(recent);
    if (order && !signal.aborted) await steer(options, order, chance.pick(STEERS)!);
  }
}

/** Once, without repeating: a lost answer stays unknown. 409 is proper: the job may be in any state. */
export async function steer({ door, ledger }: ClientOptions, order: Order, how: Steer): Promise<Answer> {
  ledger.counts.steered += 1;
  ledger.noteAsked(order, how);
  const answer = await ask(door, { path: `/jobs/default/${order.uid}/${how}`, body: {} });
  if (answer.kind === 'answer' && answer.status === 200) order.acknowledged.add(how);
  else if (answer.kind === 'lost' || answer.status !== 409)
    noteRefusal(ledger, answer, `${how} of ${order.name}`);
  return answer;
}

/** Puts every suspended job back, so that each can reach an end. */
export async function resumeAll(options: ClientOptions, suspended: readonly string[]): Promise<void> {
  for (const order of options.ledger.acknowledged) {
    if (suspended.includes(order.uid)) await steer(options, order, 'resume');
  }
}
