/**
 * Tasks over HTTP at a steady rate, whatever the answers take: `node steady.ts ADDRESS TOKEN RATE MS` prints
 * {count, late}. Each task carries the moment at which it was due, so that a server that falls behind is charged
 * for the time that requests wait for a connection here.
 */
import { connect, type Socket } from 'node:net';
import { isWhole, requestOf } from './request.ts';

const [address = '', token = '', rate = '', ms = ''] = process.argv.slice(2);
const PER_MS = Number(rate) / 1000;
const CONNECTIONS = 128;
const { hostname, port } = new URL(address);

const free: Socket[] = [];
/** Due, and no connection is free: the moments, epoch milliseconds. */
const waiting: number[] = [];
let answered = 0;
let due = 0;
let late = 0;

const now = () => performance.timeOrigin + performance.now();

function send(socket: Socket, sent: number): void {
  socket.write(requestOf({ address, token }, { sent }));
}

function opened(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
    let answer = '';
    socket.once('connect', () => {
      free.push(socket);
      resolve();
    });
    socket.on('error', reject);
    socket.on('data', (text) => {
      answer += text;
      if (!isWhole(answer)) return;
      if (!answer.startsWith('HTTP/1.1 201')) throw new Error(answer.slice(0, 1000));
      answer = '';
      answered += 1;
      const next = waiting.shift();
      if (next === undefined) free.push(socket);
      else send(socket, next);
    });
  });
}

await Promise.all(Array.from({ length: CONNECTIONS }, opened));
const began = now();
await new Promise<void>((resolve) => {
  const tick = setInterval(() => {
    const passed = Math.min(now() - began, Number(ms));
    while (due < passed * PER_MS) {
      const at = began + due / PER_MS;
      due += 1;
      const socket = free.pop();
      if (socket) send(socket, at);
      else {
        late += 1;
        waiting.push(at);
      }
    }
    if (passed < Number(ms) || answered < due) return;
    clearInterval(tick);
    resolve();
  }, 1);
});
console.log(JSON.stringify({ count: answered, late }));
process.exit(0);
