/**
 * A way from a worker to the server that can go dead without a word, as a connection does whose other end lost its
 * power or whose firewall forgot it: bytes are taken and go nowhere, and nobody is told.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Tunnel {
  readonly address: string;
  /** Connections that are open now go dead; new ones pass. */
  die(): void;
  /** The dead ones are told at last. */
  bury(): void;
  close(): void;
}

export async function openTunnel(to: { readonly port: number }): Promise<Tunnel> {
  const alive = new Set<readonly [Socket, Socket]>();
  const dead = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(to.port, '127.0.0.1');
    const pair = [near, far] as const;
    alive.add(pair);
    const end = () => {
      if (dead.has(pair)) return;
      alive.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.on('error', end).on('close', end);
    far.on('error', end).on('close', end);
    near.on('data', (bytes) => alive.has(pair) && far.write(bytes));
    far.on('data', (bytes) => alive.has(pair) && near.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bury = () => {
    for (const [near, far] of dead) {
      near.destroy();
      far.destroy();
    }
    dead.clear();
  };
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    die() {
      for (const pair of alive) dead.add(pair);
      alive.clear();
    },
    bury,
    close() {
      server.close();
      bury();
      for (const [near, far] of alive) {
        near.destroy();
        far.destroy();
      }
    },
  };
}
