import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { json } from 'node:stream/consumers';
import { type ConnectionOptions, connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { KEY, start } from './testing/fixture.ts';
import { selfSigned } from './testing/self-signed.ts';

describe('the server over TLS', () => {
  test('answers who trusts its certificate', async () => {
    const tls = selfSigned();
    await using running = await start({ options: { tls } });
    expect(running.at.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const asked = get(`${running.at.url}/api/v1/things/a`, {
      ca: tls.cert,
      agent: false,
      headers: { authorization: `Bearer ${KEY}` },
    });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(await json(answer)).toEqual({ input: { name: 'a' } });
  });

  test.each<{ version: ConnectionOptions['maxVersion']; wanted: string }>([
    { version: 'TLSv1.1', wanted: 'refused' },
    { version: 'TLSv1.2', wanted: 'TLSv1.2' },
    { version: 'TLSv1.3', wanted: 'TLSv1.3' },
  ])('is $wanted for a client of $version', async ({ version, wanted }) => {
    const tls = selfSigned();
    await using running = await start({ options: { tls } });
    const socket = connect({
      host: running.at.host,
      port: running.at.port,
      ca: tls.cert,
      minVersion: 'TLSv1',
      maxVersion: version,
      // Without it the client itself would offer nothing so old.
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const spoken = await once(socket, 'secureConnect').then(
      () => socket.getProtocol(),
      () => 'refused',
    );
    socket.destroy();
    expect(spoken).toBe(wanted);
  });

  test('has nothing to say in plain HTTP', async () => {
    await using running = await start({ options: { tls: selfSigned() } });
    expect(await running.raw('GET /livez HTTP/1.1\r\nHost: here\r\n\r\n')).not.toContain('alive');
  });
});
