/**
 * The agent: dials its server, says what it sees, does what should be. It decides nothing, and goes
 * on with what it has when the server is away.
 */
import { setTimeout } from 'node:timers/promises';
import {
  type FromAgent,
  HEARTBEAT_EVERY,
  LINK_PROTOCOL,
  type ReadAnswer,
  type ReadRequest,
  type ToAgent,
} from '../contract/agent-link.ts';
import type { AttemptObservation } from '../core/job/attempt.ts';
import type { Dialer } from '../ports/link.ts';
import type { Runner } from '../ports/runner.ts';
import { serveReads } from './reads.ts';
import { Reconciler } from './reconcile.ts';
import { Reporter } from './report.ts';

export interface AgentOptions {
  readonly name: string;
  readonly runner: Runner;
  readonly dialer: Dialer<ToAgent, FromAgent, ReadRequest, ReadAnswer>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** First wait before dialling again, and the longest, milliseconds. */
const REDIAL = { first: 200, longest: 10_000 };

/** Until the signal aborts. */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  let wait = REDIAL.first;
  while (!signal.aborted) {
    const started = performance.now();
    await session(options, signal).catch((error: unknown) => {
      if (!signal.aborted) options.onTrouble('link', error);
    });
    if (signal.aborted) return;
    if (performance.now() - started > REDIAL.longest) wait = REDIAL.first;
    await setTimeout(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(REDIAL.longest, wait * 2);
  }
}

async function session(options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { name, runner, dialer } = options;
  const { control, data } = await dialer.dial(signal);
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const send = whileOpen(control);
  const reporter = new Reporter(send);
  const report = (seen: AttemptObservation) => reporter.saw(seen);
  const reconciler = new Reconciler({ runner, report, onTrouble: options.onTrouble });
  until.addEventListener('abort', () => {
    control.close();
    data.close();
  });
  try {
    send({ type: 'hello', protocol: LINK_PROTOCOL, name, facts: await runner.facts() });
    runner.watch(report, until);
    for (const seen of await runner.list()) reporter.saw(seen);
    void serveReads(runner, data);
    void heartbeat({ send, reporter, reconciler }, until);
    for await (const message of control.receive()) await take(message, { reporter, reconciler });
  } finally {
    over.abort();
  }
}

async function take(message: ToAgent, { reporter, reconciler }: Loops): Promise<void> {
  switch (message.type) {
    case 'welcome':
      return;
    case 'ack':
      reporter.acknowledged(message.seq);
      return;
    case 'desired':
      await reconciler.apply(message);
      return;
    case 'refused':
      throw new Error(`the server refused this agent: ${message.why}`);
  }
}

/** A link that closes is noticed where it is read; what is said to it meanwhile is said again in the next session. */
function whileOpen(control: { send(message: FromAgent): void }): (message: FromAgent) => void {
  return (message) => {
    try {
      control.send(message);
    } catch {
      // The session is about to end.
    }
  };
}

/** How often an answer that stays away is noticed, milliseconds. */
const LOOK_EVERY = 1000;

/** Says that it lives, and does again what came to nothing, until the signal aborts. */
async function heartbeat(
  { send, reporter, reconciler }: { send: (message: FromAgent) => void } & Loops,
  signal: AbortSignal,
): Promise<void> {
  for (let look = 1; ; look += 1) {
    await setTimeout(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    reporter.look();
    if (look % (HEARTBEAT_EVERY / LOOK_EVERY) !== 0) continue;
    send({ type: 'heartbeat' });
    void reconciler.again();
  }
}

interface Loops {
  readonly reporter: Reporter;
  readonly reconciler: Reconciler;
}
