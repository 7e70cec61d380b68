import { describe, expect, test, vi } from 'vitest';
import type { Signals, Topic } from '../ports/signals.ts';
import { runLoop } from './loop.ts';

/** Signals that a test rings itself. */
function bells(): Signals & { ring(topic: Topic): void } {
  const hearers = new Map<Topic, (() => void)[]>();
  return {
    subscribe: (topic, hear) => {
      hearers.set(topic, [...(hearers.get(topic) ?? []), () => hear({ topic, key: '' })]);
    },
    ring: (topic) => {
      for (const hear of hearers.get(topic) ?? []) hear();
    },
  };
}

const HOUR = 3_600_000;

type Bells = ReturnType<typeof bells>;

function loop(
  round: (count: number, signals: Bells) => Promise<number>,
  options: { readonly topic?: Topic } = {},
) {
  const signals = bells();
  const over = new AbortController();
  const troubles: string[] = [];
  let count = 0;
  const { topic } = options;
  const done = runLoop(
    {
      name: 'test',
      round: () => {
        count += 1;
        return round(count, signals);
      },
      wokenBy: topic && { signals, topic },
      onTrouble: (what, error) => troubles.push(`${what}: ${(error as Error).message}`),
    },
    over.signal,
  );
  const end = async () => {
    over.abort();
    await done;
  };
  return { signals, troubles, end, count: () => count };
}

describe('a controller loop', () => {
  test('a hint makes it look at once', async () => {
    const { signals, count, end } = loop(async () => HOUR, { topic: 'schedule' });
    await vi.waitFor(() => expect(count()).toBe(1));
    signals.ring('schedule');
    await vi.waitFor(() => expect(count()).toBe(2));
    await end();
  });

  test('a hint that comes during a round is not lost', async () => {
    const { count, end } = loop(
      async (round, signals) => {
        if (round === 1) signals.ring('schedule');
        return HOUR;
      },
      { topic: 'schedule' },
    );
    await vi.waitFor(() => expect(count()).toBe(2));
    await end();
  });

  test('a round that throws is told of and tried again', async () => {
    const { troubles, count, end } = loop(async (round) => {
      if (round === 1) throw new Error('the store is away');
      return HOUR;
    });
    await vi.waitFor(() => expect(count()).toBe(2), { timeout: 5000 });
    expect(troubles).toEqual(['test: the store is away']);
    await end();
  });

  test('one that is always woken leaves half of the time to others', async () => {
    const began = performance.now();
    let busy = 0;
    const { count, end } = loop(async () => {
      const from = performance.now();
      while (performance.now() - from < 10);
      busy += performance.now() - from;
      return 0;
    });
    await vi.waitFor(() => expect(performance.now() - began).toBeGreaterThan(2000), { timeout: 5000 });
    expect(busy).toBeLessThan((performance.now() - began + 800) / 2);
    expect(count()).toBeGreaterThan(1);
    await end();
  });

  test('its end does not wait for a rest', async () => {
    const { count, end } = loop(async () => {
      const from = performance.now();
      while (performance.now() - from < 200);
      return 0;
    });
    await vi.waitFor(() => expect(count()).toBeGreaterThan(0));
    const asked = performance.now();
    await end();
    expect(performance.now() - asked).toBeLessThan(400);
  });
});
