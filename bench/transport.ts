/**
 * What carries a worker's messages: WebSocket (`ws`) beside one stream of HTTP/2 for each connection (`node:http2`),
 * with messages of ten tasks, and what a thousand idle connections take of the server. They take turns. ADR 0016
 * goes by it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { figureOf, type Report } from './harness/figure.ts';
import { output } from './harness/programs.ts';
import { residentMegabytes } from './queue/usage.ts';

const ROUNDS = 5;
const ROUND = 2000;
const BUSY = 64;
const MANY = 1000;
const KINDS = ['ws', 'h2'] as const;

interface Server {
  readonly process: ChildProcess;
  readonly ports: Record<(typeof KINDS)[number], number>;
  readonly pid: number;
}

export async function run(report: Report): Promise<void> {
  const rates = { ws: [] as number[], h2: [] as number[] };
  const server = await start();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const kind of KINDS) {
      const args = [kind, String(server.ports[kind]), String(BUSY), String(ROUND)];
      const { count, seconds } = JSON.parse(await output([process.execPath, program('client'), ...args]));
      if (round > 0) rates[kind].push(count / seconds);
    }
  }
  await end(server.process);
  const peer = { against: 'a stream of HTTP/2 each', samples: rates.h2 };
  report(
    figureOf({
      name: `messages both ways over WebSocket, ${BUSY} connections`,
      samples: rates.ws,
      unit: '1/s',
      peer,
    }),
  );
  const memory = { ws: await memoryOf('ws'), h2: await memoryOf('h2') };
  const beside = { against: 'HTTP/2', samples: [memory.h2] };
  report(
    figureOf({ name: `memory of ${MANY} idle WebSockets`, samples: [memory.ws], unit: 'MB', peer: beside }),
  );
}

/** What the server takes more with so many idle connections. */
async function memoryOf(kind: (typeof KINDS)[number]): Promise<number> {
  const server = await start();
  const before = residentMegabytes(server.pid);
  const args = [program('client'), kind, String(server.ports[kind]), String(MANY), '0'];
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface(client.stdout), 'line');
  const more = residentMegabytes(server.pid) - before;
  await end(client);
  await end(server.process);
  return more;
}

async function start(): Promise<Server> {
  const child = spawn(process.execPath, [program('server')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { pid, ...ports } = JSON.parse(line) as Server['ports'] & { pid: number };
  return { process: child, ports, pid };
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function program(name: string): string {
  return join(import.meta.dirname, 'transport', `${name}.ts`);
}
