/** A way to the test server that a test can close and open again: the database, going away and coming back. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';

export interface Gateway extends AsyncDisposable {
  /** Like the one given, through the gateway. */
  readonly connection: ClientConfig;
  /** Breaks what is connected and refuses what comes. */
  close(): Promise<void>;
  open(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export async function openGateway(to: ClientConfig): Promise<Gateway> {
  const sockets = new Set<Socket>();
  let server = await listen(to, sockets, 0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    connection: { ...to, host: LOOPBACK, port },
    close,
    open: async () => {
      server = await listen(to, sockets, port);
    },
    [Symbol.asyncDispose]: close,
  };
}

async function listen(to: ClientConfig, sockets: Set<Socket>, port: number): Promise<Server> {
  const server = createServer((near) => {
    const far = dial(to);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return server;
}

/** A host that begins with a slash is the directory of a Unix socket. */
function dial({ host = 'localhost', port = 5432 }: ClientConfig): Socket {
  return host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
}
