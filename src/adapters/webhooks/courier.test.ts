import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOON } from '../../core/job/testing/builders.ts';
import type { Webhook } from '../../core/webhook/webhook.ts';
import { addressRules } from './addresses.ts';
import { type CourierOptions, createCourier, type Resolve } from './courier.ts';

const pepper = Buffer.from('a pepper of the tests');
const DELIVERY = { id: 'd1', webhook: 'w1', body: '{"state":"failed"}', createdAt: NOON };

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let receiver: Server;
let base: string;
let heard: Heard[];
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  heard = [];
  answer = (response) => response.writeHead(204).end();
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      heard.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

function send(url: string, options: Partial<CourierOptions> = {}) {
  const courier = createCourier({ pepper, allowHttp: true, allowPrivate: true, ...options });
  const { secret, sealed } = courier.makeSecret('w1');
  const webhook: Webhook = {
    id: 'w1',
    project: 'p',
    name: 'n',
    url,
    events: ['failed'],
    labels: {},
    secret: sealed,
    createdAt: NOON,
    createdBy: 'ada',
  };
  return { secret, sent: courier.send(webhook, DELIVERY, NOON), webhook };
}

describe('a delivery', () => {
  test('carries its id and a signature over time and body that the secret verifies', async () => {
    const { secret, sent } = send(`${base}/hook`);
    await sent;
    const [{ headers, body }] = heard as [Heard];
    expect(headers['capstan-delivery']).toBe('d1');
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['capstan-signature'])) ?? [];
    expect(Number(t)).toBe(NOON / 1000);
    expect(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')).toBe(v1);
    expect(body).toBe(DELIVERY.body);
  });

  test.each([
    { status: 500, says: 'it answered 500' },
    { status: 404, says: 'it answered 404' },
  ])('that is answered $status has failed', async ({ status, says }) => {
    answer = (response) => response.writeHead(status).end('x');
    await expect(send(base).sent).rejects.toThrow(says);
  });

  test('does not follow a redirect to a metadata service', async () => {
    answer = (response) =>
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    await expect(send(base).sent).rejects.toThrow('redirects are not followed');
    expect(heard).toHaveLength(1);
  });

  test('does not wait for a receiver that says nothing, nor read one that never ends', async () => {
    answer = () => undefined;
    await expect(send(base, { timeoutMs: 100 }).sent).rejects.toThrow('could not be reached');
    answer = (response) => {
      response.writeHead(200);
      response.write('x'.repeat(1000));
    };
    await send(base).sent;
  });

  test('of another installation is not signed with what can not be opened', async () => {
    const { webhook, sent } = send(base);
    await sent;
    const other = createCourier({ pepper: Buffer.from('another'), allowHttp: true, allowPrivate: true });
    await expect(other.send(webhook, DELIVERY, NOON)).rejects.toThrow('another installation');
  });
});

describe('a webhook never leads inside', () => {
  const resolving =
    (...addresses: string[]): Resolve =>
    (_host, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  test.each([
    { what: 'to this machine', addresses: ['127.0.0.1'] },
    { what: 'to this machine by IPv6', addresses: ['::1'] },
    { what: 'to a mapped address', addresses: ['::ffff:127.0.0.1'] },
    { what: 'to a metadata service', addresses: ['169.254.169.254'] },
    { what: 'to a private one beside a public one', addresses: ['93.184.216.34', '10.0.0.1'] },
    { what: 'nowhere', addresses: [] },
  ])('by a name that leads $what', async ({ addresses }) => {
    const url = `http://inside.example:${new URL(base).port}/`;
    const { sent } = send(url, { allowPrivate: false, resolve: resolving(...addresses) });
    await expect(sent).rejects.toThrow('no public address');
    expect(heard).toEqual([]);
  });

  test('by localhost, as the system resolves it', async () => {
    const url = `http://localhost:${new URL(base).port}/`;
    await expect(send(url, { allowPrivate: false }).sent).rejects.toThrow('no public address');
    expect(heard).toEqual([]);
  });

  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://169.254.169.254/',
    'https://[fd00:ec2::254]/',
    'https://100.100.100.200/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'http://hooks.example.com/',
    'https://user:pass@hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is refused when it is made', (url) => {
    expect(createCourier({ pepper }).whyNot(url)).toEqual(expect.any(String));
  });

  test.each(['https://hooks.example.com/a?b=c', 'https://93.184.216.34/', 'https://[2606:4700::1]/'])(
    '%s may be one',
    (url) => {
      expect(createCourier({ pepper }).whyNot(url)).toBeUndefined();
    },
  );

  test.each(['8.8.8.8', '172.32.0.1', '2a00:1450::1'])('%s is public', (address) => {
    expect(addressRules().isForbidden(address)).toBe(false);
  });
});
