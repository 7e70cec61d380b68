/** Webhooks of the real product, told to a real receiver. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Product, until } from './product.ts';

interface Heard {
  readonly id: string;
  readonly signature: string;
  readonly text: string;
  readonly job: string;
  readonly status: number;
}

let product: Product;
let receiver: Server;
let url: string;
let heard: Heard[];
/** What a job's message is answered. */
let answer: (job: string) => number;
/** Called when a message has come, before it is answered. */
let onMessage: () => Promise<void>;
beforeEach(async () => {
  heard = [];
  answer = () => 200;
  onMessage = async () => undefined;
  receiver = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const job: string = JSON.parse(text).job.name;
    const status = answer(job);
    const { headers } = request;
    heard.push({
      id: String(headers['capstan-delivery']),
      signature: String(headers['capstan-signature']),
      text,
      job,
      status,
    });
    await onMessage();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterEach(async () => {
  await product.end();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const ALLOWED = { CAPSTAN_WEBHOOKS_ALLOW_HTTP: 'true', CAPSTAN_WEBHOOKS_ALLOW_PRIVATE: 'true' };

async function create(...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await product.cli(['webhook', 'create', 'hook', url, ...flags]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
}

const run = (name: string, command: string[], labels: Record<string, string> = {}) =>
  product.post('/jobs', { name, labels, spec: { command, resources: { cpu: '10m' } } });

const of = (job: string) => heard.filter((message) => message.job === job);

test('an end is told once it is acknowledged, again until then, and never again after a kill', {
  timeout: 120_000,
}, async () => {
  product = await Product.start(ALLOWED);
  const secret = await create();
  expect(secret).toMatch(/^whsec_/);
  const listed = await product.cli(['webhook', 'list', '-o', 'json']);
  expect(listed.stdout).toContain(url);
  expect(listed.stdout).not.toContain(secret);

  await run('good', ['true']);
  await until('it is told', () => of('good').length > 0);
  const [{ text, signature }] = of('good') as [Heard];
  expect(JSON.parse(text)).toMatchObject({
    type: 'job.succeeded',
    project: 'default',
    job: { state: 'succeeded' },
  });
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(signature) ?? [];
  expect(createHmac('sha256', secret).update(`${t}.${text}`).digest('hex')).toBe(v1);

  answer = (job) => (of(job).length === 0 ? 503 : 200);
  await run('twice', ['true']);
  await until('it is told again', () => of('twice').length > 1);
  expect(new Set(of('twice').map(({ id }) => id)).size).toBe(1);

  // Killed between the receiver's answer and the note of it: told again, under the same id.
  answer = () => 200;
  onMessage = async () => {
    onMessage = async () => undefined;
    await product.kill('SIGKILL');
  };
  await run('killed', ['true']);
  await until('its server is killed', () => of('killed').length > 0);
  await product.up();
  await until('it is told again', () => of('killed').length > 1);
  expect(new Set(of('killed').map(({ id }) => id)).size).toBe(1);
  await run('last', ['true']);
  await until('the next one is told', () => of('last').length > 0);
  expect([of('good').length, of('twice').length, of('killed').length]).toEqual([1, 2, 2]);
});

test('only what was asked for is told, and nothing after it was deleted', { timeout: 120_000 }, async () => {
  product = await Product.start(ALLOWED);
  await create('--event', 'succeeded', '--label', 'team=ocr');
  await run('unlabelled', ['true']);
  await run('failing', ['false'], { team: 'ocr' });
  await run('asked-for', ['true'], { team: 'ocr' });
  await product.reaches('unlabelled', ['succeeded']);
  await until('it is told', () => of('asked-for').length > 0);
  expect(new Set(heard.map(({ job }) => job))).toEqual(new Set(['asked-for']));
  expect(await product.cli(['webhook', 'delete', 'hook'])).toMatchObject({ code: 0 });
  expect((await product.cli(['webhook', 'delete', 'hook'])).stderr).toContain('has no webhook hook');
});

test('by default none leads to this machine, whatever its name', async () => {
  product = await Product.start();
  const refused = await product.cli(['webhook', 'create', 'hook', url]);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('it is not https') });
  const inside = await product.cli(['webhook', 'create', 'hook', 'https://127.0.0.1/']);
  expect(inside).toMatchObject({ code: 3, stderr: expect.stringContaining('no public address') });
});
