/** S03 and S20 against the running product. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { selfSigned } from '../../src/serve/http/testing/self-signed.ts';
import { until } from '../product/product.ts';
import { Running, run, Scratch } from './running.ts';

const OFF_LOOPBACK = '0.0.0.0';

function writePair(at: Scratch): { cert: string; flags: string[] } {
  const { cert, key } = selfSigned();
  writeFileSync(at.path('tls.crt'), cert);
  writeFileSync(at.path('tls.key'), key, { mode: 0o600 });
  return { cert, flags: ['--tls-cert', at.path('tls.crt'), '--tls-key', at.path('tls.key')] };
}

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** One request on a socket that stays open. */
async function ask(socket: TLSSocket): Promise<string> {
  socket.write('GET /livez HTTP/1.1\r\nHost: here\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('S03: plain text off loopback', () => {
  test.each([{ verb: 'up' }, { verb: 'server' }])(
    'is refused by capstan $verb, saying how',
    async ({ verb }) => {
      using at = new Scratch();
      const env = { CAPSTAN_DATABASE_URL: 'postgres://u@localhost:1/c' };
      const args = [verb, '--host', OFF_LOOPBACK, '--port', '0', '--data', at.path('data')];
      const { code, stderr } = await run(at.dir, { args, env });
      expect(code).toBe(2);
      expect(stderr).toMatch(/host 0\.0\.0\.0 is not loopback.*--tls-cert.*--behind-tls-proxy/s);
    },
  );

  test('is spoken where a proxy in front ends TLS', async () => {
    using at = new Scratch();
    await using running = await Running.up(at.dir, { args: ['--host', OFF_LOOPBACK, '--behind-tls-proxy'] });
    const answer = await fetch(`http://127.0.0.1:${running.port}/livez`);
    expect(answer.status).toBe(200);
  });

  test('is no way around a certificate that cannot be read', async () => {
    using at = new Scratch();
    const args = [
      'up',
      '--host',
      OFF_LOOPBACK,
      '--tls-cert',
      'no.crt',
      '--tls-key',
      'no.key',
      '--data',
      at.path('d'),
    ];
    const { code, stderr } = await run(at.dir, { args });
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot read the TLS .* ENOENT/);
  });
});

describe('S03: a listener off loopback', () => {
  test('speaks TLS 1.2 and 1.3, and nothing older or plain', async () => {
    using at = new Scratch();
    const { cert: ca, flags } = writePair(at);
    await using running = await Running.up(at.dir, { args: ['--host', OFF_LOOPBACK, ...flags] });
    expect(running.address).toMatch(/^https:/);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake(running.port, { ca, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    const old = { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(handshake(running.port, old)).rejects.toThrow(/alert|version|closed|ECONNRESET/i);
    await expect(fetch(`http://127.0.0.1:${running.port}/livez`)).rejects.toThrow();
  });

  test('takes a certificate that is put in place of the old one, and keeps open connections', async () => {
    using at = new Scratch();
    const old = writePair(at);
    await using running = await Running.up(at.dir, { args: ['--host', OFF_LOOPBACK, ...old.flags] });
    const before = await handshake(running.port, { ca: old.cert });
    const { cert: ca } = writePair(at);
    await until('new handshakes get the new certificate', async () => {
      (await handshake(running.port, { ca })).destroy();
      return true;
    });
    await expect(handshake(running.port, { ca: old.cert })).rejects.toThrow();
    expect(await ask(before)).toContain('200 OK');
    before.destroy();
  });

  test('keeps its certificate when the new files are no pair, and says so in the log', async () => {
    using at = new Scratch();
    const { cert: ca, flags } = writePair(at);
    await using running = await Running.up(at.dir, { args: ['--host', OFF_LOOPBACK, ...flags] });
    writeFileSync(at.path('tls.key'), selfSigned().key);
    running.child.kill('SIGHUP');
    await until('the log tells', () => running.log.includes('the old pair stays'));
    expect(await ask(await handshake(running.port, { ca }))).toContain('200 OK');
  });
});

describe('S20: PostgreSQL off loopback', () => {
  test.each([
    { mode: 'disable', query: '?sslmode=disable' },
    { mode: 'require', query: '?sslmode=require' },
    { mode: 'prefer', query: '?sslmode=prefer' },
    { mode: 'none given', query: '' },
  ])(
    'with sslmode $mode is refused at start, the setting is named and the password is not',
    async ({ query }) => {
      using at = new Scratch();
      const env = { CAPSTAN_DATABASE_URL: `postgres://u:hunter2@192.0.2.1/c${query}` };
      const { code, stderr } = await run(at.dir, {
        args: ['server', '--data', at.path('data'), '--port', '0'],
        env,
      });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/CAPSTAN_DATABASE_URL.*verify-full/s);
      expect(stderr).not.toContain('hunter2');
    },
  );
});
