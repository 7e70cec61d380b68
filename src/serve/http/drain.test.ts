import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { dial, frame, frames, start, until } from './testing/fixture.ts';

describe('closing the server', () => {
  test('finishes what has begun, and takes nothing new', async () => {
    await using running = await start();
    const answer = running.fetch('/api/v1/wait');
    await running.puppet.waiting.promise;
    const closed = running.server.close({ graceMs: 10_000 });
    await expect(dial(running.at)).rejects.toThrow('ECONNREFUSED');
    running.puppet.go.resolve();
    expect(await (await answer).json()).toEqual({ done: true });
    const before = performance.now();
    await closed;
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('does not wait for connections that ask for nothing', async () => {
    await using running = await start();
    const sockets = [await dial(running.at), await dial(running.at), await dial(running.at)];
    const [, used, half] = sockets;
    used?.write('GET /livez HTTP/1.1\r\nHost: here\r\n\r\n');
    await once(used as Socket, 'data');
    half?.write('GET /livez HTTP/1.1\r\nHost: here\r\n');
    const gone = Promise.all(sockets.map((socket) => closing(socket)));
    const before = performance.now();
    await running.server.close({ graceMs: 10_000 });
    await gone;
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('tells open streams to connect again elsewhere', async () => {
    await using running = await start();
    const stream = frames(await running.fetch('/api/v1/quiet'));
    await frame(stream, ({ event }) => event === 'item');
    const closed = running.server.close({ graceMs: 10_000 });
    const { data } = await frame(stream, ({ event }) => event === 'error');
    expect(JSON.parse(data ?? '')).toMatchObject({ error: { code: 'server.stopping' } });
    expect((await stream.next()).done).toBe(true);
    await closed;
    expect(running.puppet.signals[0]?.aborted).toBe(true);
  });

  test('cuts off what does not end within the grace', async () => {
    await using running = await start();
    const answer = running.fetch('/api/v1/wait').catch((error: Error) => error);
    await running.puppet.waiting.promise;
    await running.server.close({ graceMs: 30 });
    expect(await answer).toBeInstanceOf(Error);
    await until(() => running.puppet.signals[0]?.aborted === true, 'the signal of the operation');
  });

  test('is harmless when repeated, and before listening', async () => {
    await using running = await start();
    await running.server.close({ graceMs: 0 });
    await running.server.close({ graceMs: 0 });
  });
});

/** Resolves when the other side has closed the connection, in whatever way. */
async function closing(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}
