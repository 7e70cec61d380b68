import { describe, expect, test } from 'vitest';
import { memoryPair } from '../adapters/memory-link/channel.ts';
import type { FromAgent, ReadAnswer, ReadRequest, ToAgent } from '../contract/agent-link.ts';
import type { AttemptObservation } from '../core/job/attempt.ts';
import type { Runner } from '../ports/runner.ts';
import { runAgent } from './agent.ts';

const A = { job: 'a', attempt: 1 };

function seen(phase: 'running' | 'ended'): AttemptObservation {
  return { ref: A, phase, members: [], outputs: [], notes: [] };
}

/** An agent whose runner starts slowly, and the server's ends of the links that it dials. */
function anAgent() {
  const watchers = new Set<(seen: AttemptObservation) => void>();
  const started = Promise.withResolvers<void>();
  const runner = {
    facts: async () => ({ kind: 'process', nodes: [] }),
    list: async () => [],
    watch: (onChange: (seen: AttemptObservation) => void) => void watchers.add(onChange),
    start: () => started.promise,
  } as unknown as Runner;
  const links: ReturnType<typeof memoryPair<FromAgent, ToAgent>>[0][] = [];
  const dial = async () => {
    const [control, serverControl] = memoryPair<ToAgent, FromAgent>();
    const [data] = memoryPair<ReadRequest, ReadAnswer>();
    links.push(serverControl);
    return { control, data };
  };
  const over = new AbortController();
  const done = runAgent({ name: 'a', runner, dialer: { dial }, onTrouble: () => undefined }, over.signal);
  const end = async () => {
    over.abort();
    await done;
  };
  return {
    links,
    started,
    end,
    see: (what: AttemptObservation) => {
      for (const watcher of watchers) watcher(what);
    },
  };
}

async function nextOf(messages: AsyncIterator<FromAgent>, type: FromAgent['type']): Promise<FromAgent> {
  for (;;) {
    const { value } = await messages.next();
    if (value.type === type) return value;
  }
}

describe('an agent', () => {
  test('outlives a link that closes while it starts something, and dials again', async () => {
    const { links, started, see, end } = anAgent();
    await expect.poll(() => links.length).toBe(1);
    await nextOf(links[0]!.receive()[Symbol.asyncIterator](), 'hello');
    const spec = { ref: A, project: 'p', jobName: 'j', type: 'batch', members: [], graceMs: 0, outputs: [] };
    links[0]!.send({ type: 'desired', seq: 1, full: true, attempts: [{ want: 'run', spec }] });
    links[0]!.close();
    expect(() => see(seen('running'))).not.toThrow();
    started.resolve();
    await expect.poll(() => links.length).toBe(2);
    await end();
  });

  test('says again what the server could not take in', async () => {
    const { links, see, end } = anAgent();
    await expect.poll(() => links.length).toBe(1);
    const messages = links[0]!.receive()[Symbol.asyncIterator]();
    await nextOf(messages, 'hello');
    see(seen('ended'));
    const first = await nextOf(messages, 'observed');
    const second = await nextOf(messages, 'observed');
    expect(first).toMatchObject({ seq: 1, attempts: [seen('ended')] });
    expect(second).toMatchObject({ seq: 2, attempts: [seen('ended')] });
    await end();
  });
});
