/** Limits on the running product: set in its file, told in its answers, changed by SIGHUP, no restart. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../product/product.ts';
import { Running, Scratch } from './running.ts';

const scratch = new Scratch();
const file = scratch.path('capstan.yaml');
let running: Running;

/** Refilled once a second: a burst is what counts here. */
function write(limits: Record<string, number>, more = ''): void {
  writeFileSync(file, `logLevel: info\nlimits: ${JSON.stringify(limits)}\n${more}`, { mode: 0o600 });
}

beforeAll(async () => {
  write({ readsPerSecond: 1, readBurst: 5, failuresPerSecond: 1, failureBurst: 3 });
  running = await Running.up(scratch.dir, { args: ['--config', file] });
});

afterAll(async () => {
  // Not there when it could not start.
  await running?.stop();
  scratch[Symbol.dispose]();
});

async function statuses(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: count }, ask));
  await Promise.all(answers.map((answer) => answer.text()));
  return answers.map(({ status }) => status);
}

const times = (all: readonly number[], status: number) => all.filter((one) => one === status).length;

describe('a server with limits', () => {
  test('refuses what is beyond with 429 and Retry-After, and tells what is left', async () => {
    const all = await statuses(20, () => running.fetch('/api/v1/version'));
    expect(times(all, 200) + times(all, 429)).toBe(20);
    expect(times(all, 200)).toBeGreaterThanOrEqual(5);
    expect(times(all, 429)).toBeGreaterThanOrEqual(10);
    const refused = await running.fetch('/api/v1/version');
    expect(refused.headers.get('ratelimit-policy')).toBe('"reads";q=5;w=5');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ error: { code: 'limit.rate', next: expect.any(String) } });
  });

  test('limits who has no valid key by address', async () => {
    const wrong = { headers: { authorization: 'Bearer wrong' } };
    const all = await statuses(20, () => running.fetch('/api/v1/version', wrong));
    expect(times(all, 401) + times(all, 429)).toBe(20);
    expect(times(all, 429)).toBeGreaterThan(0);
  });

  test('takes new limits on SIGHUP, and says what needs a restart', async () => {
    write({ readsPerSecond: 1000, readBurst: 1000 }, 'databasePoolSize: 12\n');
    running.child.kill('SIGHUP');
    await until('it has read them', () => running.log.includes('the configuration was read again'));
    await until('they are in force', async () => {
      const all = await statuses(50, () => running.fetch('/api/v1/version'));
      return times(all, 200) === 50;
    });
    expect(running.log).toMatch(/"settings":\["databasePoolSize"\].*need a restart/);
  });

  test('keeps the old configuration when the new one is not valid', async () => {
    write({ readBurst: 0 });
    running.child.kill('SIGHUP');
    await until('it has said so', () => running.log.includes('the old one stays'));
    expect(times(await statuses(50, () => running.fetch('/api/v1/version')), 200)).toBe(50);
  });
});
