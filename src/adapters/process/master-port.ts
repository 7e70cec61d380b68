/**
 * Chooses the port on which a gang's first member listens: below the range from which the kernel
 * gives ports to outgoing connections, not held by another attempt, and free right now.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const LOWEST = 20_000;
const TRIES = 200;

/** @throws Error when 200 ports in a row are taken */
export async function chooseMasterPort(taken: ReadonlySet<number>): Promise<number> {
  const span = Math.max(1000, ephemeralStart() - LOWEST);
  const first = process.hrtime()[1] % span;
  for (let i = 0; i < TRIES; i++) {
    const port = LOWEST + ((first + i) % span);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port for MASTER_PORT among ${TRIES} from ${LOWEST + first}`);
}

function ephemeralStart(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    return 32_768;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
