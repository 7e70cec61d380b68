/**
 * A listening port where visitors introduce themselves before they are let in.
 */
import { createServer } from 'node:net';
import { RendezvousFailed } from './deadline.mjs';
import { Link } from './link.mjs';

const LARGEST_GREETING = 64 * 1024;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * A listening port whose visitors introduce themselves with a first message. A neighbour that has
 * its table earlier may come before this member knows whom to expect: it waits at the door.
 */
export async function openDoor(port, masterAddr) {
  const waiting = new Map();
  let welcome;
  const answer = (link) => {
    const hello = waiting.get(link);
    if (!welcome || !hello) return;
    waiting.delete(link);
    if (!welcome(link, hello)) link.destroy();
  };
  const server = await listen(port, masterAddr, (socket) => {
    const link = new Link(socket, { peer: -1, largest: LARGEST_GREETING });
    waiting.set(link, undefined);
    link.hear().then(
      (hello) => {
        waiting.set(link, hello);
        answer(link);
      },
      () => link.destroy(),
    );
  });
  return {
    port: server.address().port,
    /** @param {(link: Link, hello: object) => boolean} decide whether to keep the connection */
    admit(decide) {
      welcome = decide;
      for (const link of [...waiting.keys()]) answer(link);
    },
    close() {
      server.close();
      for (const link of waiting.keys()) link.destroy();
    },
  };
}

/** Loopback stays on loopback; anything else listens on all addresses, as members may be on other hosts. */
function listen(port, masterAddr, onConnection) {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection);
    server.once('error', (error) => {
      reject(new RendezvousFailed(`can't listen on port ${port}: ${error.code}`, { cause: error }));
    });
    server.listen({ port, ...(LOOPBACK.has(masterAddr) ? { host: masterAddr } : {}) }, () => resolve(server));
  });
}
