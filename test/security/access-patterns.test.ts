/** S10 against the product: what is unusual in its audit is found by the server, and of an export without it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/testing/run.ts';
import { ordinaryWeeks } from '../../src/core/audit/testing/accesses.ts';
import { type House, withHouse } from './house.ts';

const house = withHouse();
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'capstan-home-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Findings {
  readonly items: readonly { rule: string; principal: string; address?: string; message: string }[];
  readonly complete: boolean;
}

const cli = (...argv: string[]) =>
  run(argv, {
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: home, CAPSTAN_SERVER: house().address, CAPSTAN_KEY: house().admin },
  });

describe('S10: unusual access', () => {
  test('is not what people do all day: no finding', async () => {
    for (let day = 0; day < 5; day += 1) await house().ask('PUT', `/projects/p${day}`, { body: {} });
    const { status, body } = await house().ask<Findings>('GET', '/audit/findings');
    expect([status, body.items, body.complete]).toEqual([200, [], true]);
    expect((await cli('audit', 'findings')).stdout).toMatch(/^nothing unusual in \d+ records\n$/);
  });

  test('is a key that is refused again and again, and at every door: found by the server, and of an export', async () => {
    const key = await house().key('viewer', ['viewer']);
    for (let time = 0; time < 40; time += 1)
      expect((await house().ask('PUT', `/projects/p${time}`, { as: key, body: {} })).status).toBe(403);
    const doors = ['/keys', '/roles', '/rolebindings', '/audit/records', '/audit/heads', '/audit/findings'];
    for (const door of doors) await house().ask('GET', door, { as: key });
    await house().ports.audit.flush();
    const { body } = await house().ask<Findings>('GET', '/audit/findings');
    expect(body.items).toEqual([
      expect.objectContaining({ rule: 'denied-burst', principal: 'key/viewer', address: '127.0.0.1' }),
      expect.objectContaining({ rule: 'denied-probing', principal: 'key/viewer' }),
    ]);
    const shown = await cli('audit', 'findings');
    expect([shown.code, shown.stdout]).toEqual([1, expect.stringMatching(/denied-burst +key\/viewer/)]);
    expect((await cli('audit', 'export', '--to', 'audit.jsonl')).code).toBe(0);
    const offline = await run(['audit', 'findings', 'audit.jsonl', '-o', 'json'], { cwd: home });
    const found = JSON.parse(offline.stdout) as Findings;
    expect([offline.code, found.items.map(({ rule }) => rule)]).toEqual([
      1,
      ['denied-burst', 'denied-probing'],
    ]);
  });

  test('is looked for in an export without any server', async () => {
    const lines = ordinaryWeeks().map((record) => JSON.stringify({ type: 'record', ...record }));
    writeFileSync(join(home, 'ordinary.jsonl'), lines.join('\n'));
    const { code, stdout } = await run(['audit', 'findings', 'ordinary.jsonl'], { cwd: home });
    expect([code, stdout]).toEqual([0, `nothing unusual in ${lines.length} records\n`]);
    writeFileSync(join(home, 'broken.jsonl'), '{');
    expect((await run(['audit', 'findings', 'broken.jsonl'], { cwd: home })).code).toBe(2);
    expect((await run(['audit', 'findings', 'missing.jsonl'], { cwd: home })).code).toBe(2);
  });

  test('is told to who may read the audit, and to nobody else', async () => {
    const key = await house().key('nosy', ['submitter']);
    expect((await house().ask('GET', '/audit/findings', { as: key })).status).toBe(403);
  });
});

/** Rows of the security requirements that are shown here; each has tests that are named after it. */
const SHOWN = ['S01', 'S02', 'S03', 'S04', 'S05', 'S08', 'S10', 'S14', 'S16', 'S17', 'S18', 'S20', 'S50'];

test.each(SHOWN)('%s has a test of its name', async (id) => {
  const { globSync } = await import('node:fs');
  const root = join(import.meta.dirname, '../..');
  const files = globSync('{src,test}/**/*.test.ts', { cwd: root });
  const named = new RegExp(`(describe|test)(\\.each)?[^\\n]*\\(\\s*['\`]${id}\\b|what: '${id}\\b`);
  expect(files.filter((file) => named.test(readFileSync(join(root, file), 'utf8')))).not.toEqual([]);
});

describe('S10: a new place, seen through a proxy', () => {
  let daysLater = 0;
  const now = () => Date.now() + daysLater * 86_400_000;
  const proxied = withHouse(undefined, { behindProxy: true, now });
  const direct = withHouse(undefined, { now });

  /** As proxies do: what was there stays, and who really asked comes last. */
  async function openProxy(to: string): Promise<{ port: number; close: () => void }> {
    const server = createServer((request, response) => {
      const said = request.headers['x-forwarded-for'];
      const forwarded = [said, request.socket.remoteAddress].filter(Boolean).join(', ');
      const onward = forward(to + (request.url ?? ''), {
        method: request.method,
        headers: { ...request.headers, 'x-forwarded-for': forwarded },
      });
      onward.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  /** From an address of this machine; whoever lies says that it is another's. */
  async function asks(
    port: number,
    by: { key: string; from: string; lies?: string; n: number },
  ): Promise<void> {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = forward(`http://127.0.0.1:${port}/api/v1/projects/p${by.n}`, {
        method: 'PUT',
        localAddress: by.from,
        agent: false,
        headers: {
          authorization: `Bearer ${by.key}`,
          'content-type': 'application/json',
          ...(by.lies === undefined ? {} : { 'x-forwarded-for': by.lies }),
        },
      });
      request.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      request.end('{}');
    });
    expect(status).toBe(200);
  }

  const placesOf = async (at: House) => {
    await at.ports.audit.flush();
    const { body } = await at.ask<Findings>('GET', '/audit/findings');
    return body.items.filter(({ rule }) => rule === 'new-place').map(({ address }) => address);
  };

  test('is the address that the proxy names, not the one that the caller claims', async () => {
    const proxy = await openProxy(proxied().address);
    onTestFinished(proxy.close);
    const key = await proxied().key('traveller', ['admin']);
    for (let n = 0; n < 6; n += 1) await asks(proxy.port, { key, from: '127.1.0.1', n });
    daysLater = 2;
    await asks(proxy.port, { key, from: '127.1.0.7', n: 7 });
    expect(await placesOf(proxied())).toEqual([]);
    await asks(proxy.port, { key, from: '127.9.0.1', lies: '127.1.0.1', n: 8 });
    expect(await placesOf(proxied())).toEqual(['127.9.0.1']);
    daysLater = 0;
  });

  test('without a proxy is where the connection comes from, whatever a header says', async () => {
    const port = Number(new URL(direct().address).port);
    const key = await direct().key('traveller', ['admin']);
    for (let n = 0; n < 6; n += 1) await asks(port, { key, from: '127.1.0.1', lies: '127.9.0.1', n });
    daysLater = 2;
    await asks(port, { key, from: '127.1.0.1', lies: '127.77.0.1', n: 7 });
    expect(await placesOf(direct())).toEqual([]);
    await asks(port, { key, from: '127.9.0.1', lies: '127.1.0.1', n: 8 });
    expect(await placesOf(direct())).toEqual(['127.9.0.1']);
    daysLater = 0;
  });
});
