/**
 * One connected agent, seen from the server: takes in what it observes and tells it what should be.
 * Adds no logic of its own: everything goes through the agent operations.
 */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { type Desired, type FromAgent, LINK_PROTOCOL, type ToAgent } from '../../contract/agent-link.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { AttemptRef } from '../../core/job/attempt.ts';
import { connectAgent } from '../../operations/agent/connect.ts';
import { desiredAttempts, keyOf } from '../../operations/agent/desired.ts';
import { heardAgent } from '../../operations/agent/heard.ts';
import { observeAttempts } from '../../operations/agent/observe.ts';
import type { UnaryOperation } from '../../operations/define.ts';
import { invoke } from '../../operations/invoke.ts';
import type { Ports } from '../../ports/index.ts';
import type { Channel } from '../../ports/link.ts';
import { Dirty } from './dirty.ts';

export interface SessionOptions {
  readonly ports: Ports;
  readonly principal: Principal;
  readonly control: Channel<FromAgent, ToAgent>;
  /** Says why a message could not be dealt with; it will come again. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class AgentSession {
  readonly name: string;
  readonly #options: SessionOptions;
  readonly #over = new AbortController();
  /** What was told last, by attempt; sent again only when it differs. */
  readonly #told = new Map<string, Desired>();
  readonly #known = new Map<string, AttemptRef>();
  readonly #dirty = new Dirty(() => this.#tell());
  #seq = 0;
  #first = true;

  private constructor(name: string, options: SessionOptions) {
    this.name = name;
    this.#options = options;
  }

  /** Reads the greeting and registers the agent. Throws when the first message is none, or of another protocol. */
  static async open(options: SessionOptions, messages: AsyncIterator<FromAgent>): Promise<AgentSession> {
    const { value: hello } = (await messages.next()) as IteratorResult<FromAgent, undefined>;
    if (hello?.type !== 'hello') throw new Error('the agent did not say hello');
    if (hello.protocol !== LINK_PROTOCOL) {
      options.control.send({
        type: 'refused',
        why: `this server speaks link protocol ${LINK_PROTOCOL}, the agent ${hello.protocol}`,
      });
      throw new Error(`agent ${hello.name} speaks link protocol ${hello.protocol}`);
    }
    const session = new AgentSession(hello.name, options);
    await session.#call(connectAgent, { name: hello.name, facts: hello.facts });
    options.control.send({ type: 'welcome', protocol: LINK_PROTOCOL });
    return session;
  }

  /** Until the agent is gone. */
  async run(messages: AsyncIterator<FromAgent>): Promise<void> {
    const { ports } = this.#options;
    ports.signals.subscribe(
      'agent',
      ({ key }) => (key === this.name || key === '') && this.#dirty.mark(),
      this.#over.signal,
    );
    this.#dirty.mark();
    try {
      for (;;) {
        const { value, done } = (await messages.next()) as IteratorResult<FromAgent, undefined>;
        if (done || !value) return;
        await this.#take(value).catch((error: unknown) => this.#options.onTrouble(value.type, error));
      }
    } finally {
      this.#over.abort();
      this.#dirty.stop();
      await this.#call(heardAgent, { name: this.name, gone: true }).catch((error: unknown) =>
        this.#options.onTrouble('good-bye', error),
      );
    }
  }

  async #take(message: FromAgent): Promise<void> {
    switch (message.type) {
      case 'hello':
        return;
      case 'heartbeat':
        if (message.facts) await this.#call(connectAgent, { name: this.name, facts: message.facts });
        else await this.#call(heardAgent, { name: this.name, gone: false });
        // A hint from another replica may have been lost; the heartbeat is the look-anyway.
        this.#dirty.mark();
        return;
      case 'observed':
        await this.#call(observeAttempts, { agent: this.name, attempts: message.attempts });
        for (const { ref } of message.attempts) this.#known.set(keyOf(ref), ref);
        this.#options.control.send({ type: 'ack', seq: message.seq });
        this.#dirty.mark();
    }
  }

  /** What should be, as far as it differs from what was told. */
  async #tell(): Promise<void> {
    try {
      const { attempts } = await this.#call(desiredAttempts, {
        agent: this.name,
        known: [...this.#known.values()],
      });
      const news = attempts.filter((desired) => this.#isNews(desired));
      if (news.length === 0 && !this.#first) return;
      this.#seq += 1;
      this.#options.control.send({ type: 'desired', seq: this.#seq, full: this.#first, attempts: news });
      this.#first = false;
      for (const desired of news) this.#remember(desired);
    } catch (error) {
      if (!this.#over.signal.aborted) this.#options.onTrouble('desired', error);
    }
  }

  #isNews(desired: Desired): boolean {
    const before = this.#told.get(keyOf(refOf(desired)));
    if (!before || before.want !== desired.want) return true;
    if (desired.want !== 'run' || before.want !== 'run') return !isDeepStrictEqual(before, desired);
    // The grace that is left shrinks with each look; being told once is enough.
    if (desired.stop && before.stop) return desired.stop.why !== before.stop.why;
    // That it runs is what the agent itself has told.
    return !isDeepStrictEqual({ ...before, startedAt: undefined }, { ...desired, startedAt: undefined });
  }

  #remember(desired: Desired): void {
    const key = keyOf(refOf(desired));
    if (desired.want === 'forget') {
      this.#told.delete(key);
      this.#known.delete(key);
      return;
    }
    this.#told.set(key, desired);
    this.#known.set(key, refOf(desired));
  }

  #call<I extends z.ZodType, O extends z.ZodType>(
    operation: UnaryOperation<I, O>,
    input: unknown,
  ): Promise<z.output<O>> {
    const { ports, principal } = this.#options;
    return invoke(operation, { input, principal, ports, signal: this.#over.signal });
  }
}

function refOf(desired: Desired): AttemptRef {
  return desired.want === 'run' ? desired.spec.ref : desired.ref;
}
