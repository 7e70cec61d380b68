/**
 * Tasks over HTTP, each in a request of its own, in a process of its own: `node load.ts ADDRESS KEY CONNECTIONS MS`
 * prints {count, seconds, latencies}. It writes to sockets itself, because it shares two cores with what it loads:
 * an HTTP client takes as long for a request as the server does.
 */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import payload from '../payload.json' with { type: 'json' };

const [address = '', key = '', connections = '', ms = ''] = process.argv.slice(2);
const { hostname, port, host } = new URL(address);
const HEAD = [
  'POST /api/v1/jobs HTTP/1.1',
  `Host: ${host}`,
  `Authorization: Bearer ${key}`,
  'Content-Type: application/json',
  'Content-Length: ',
].join('\r\n');
const RUN = randomUUID();
const latencies: number[] = [];
let sent = 0;

/** As the SDKs send it: under a key of its own, so that it may be sent again. */
function request(): string {
  sent += 1;
  const task = { handler: 'bench', payload };
  const body = JSON.stringify({ spec: { queue: 'default', task }, idempotencyKey: `${RUN}-${sent}` });
  return `${HEAD}${body.length}\r\n\r\n${body}`;
}

/** One request after the other over one connection, until the time is over. */
function caller(until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname).setNoDelay(true);
    let answer = '';
    let began = 0;
    const next = () => {
      began = performance.now();
      if (began >= until) {
        socket.end();
        resolve();
        return;
      }
      socket.write(request());
    };
    socket.on('connect', next).on('error', reject);
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
      if (!isWhole(answer)) return;
      if (!answer.startsWith('HTTP/1.1 201')) reject(new Error(answer.slice(0, 1000)));
      answer = '';
      latencies.push(performance.now() - began);
      next();
    });
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return length !== undefined && answer.length >= end + 4 + Number(length);
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, () => caller(began + Number(ms))));
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ count: latencies.length, seconds, latencies }));
