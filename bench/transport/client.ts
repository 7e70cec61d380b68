/**
 * `node client.ts KIND PORT CONNECTIONS MS`: each connection sends a message when it has the answer to the last one;
 * prints {count, seconds}. With MS 0 it opens them, prints, and stays until it is told to end.
 */
import { connect as connectH2 } from 'node:http2';
import { WebSocket } from 'ws';
import { framed, framesOf } from './frames.ts';

const [kind = '', port = '', connections = '', ms = ''] = process.argv.slice(2);
/** Ten tasks, as they are handed out. */
const MESSAGE = JSON.stringify({
  type: 'tasks',
  tasks: Array.from({ length: 10 }, (_, n) => ({
    uid: `01920000-0000-7000-8000-00000000000${n}`,
    attempt: 1,
    handler: 'bench',
    payload: 'x'.repeat(100),
  })),
});

interface Line {
  send(): void;
}

function webSocket(onAnswer: () => void): Promise<Line> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  socket.on('message', (data) => {
    JSON.parse(String(data));
    onAnswer();
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ send: () => socket.send(MESSAGE) }));
    socket.once('error', reject);
  });
}

function http2(onAnswer: () => void): Promise<Line> {
  const session = connectH2(`http://127.0.0.1:${port}`);
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    session.once('connect', () => {
      const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: false });
      framesOf(stream, (text) => {
        JSON.parse(text);
        onAnswer();
      });
      resolve({ send: () => stream.write(framed(MESSAGE)) });
    });
  });
}

let count = 0;
const until = { time: 0 };
const lines: Line[] = [];
const open = kind === 'ws' ? webSocket : http2;
for (let n = 0; n < Number(connections); n += 1) {
  const line = await open(() => {
    count += 1;
    if (performance.now() < until.time) lines[n]?.send();
  });
  lines.push(line);
}
const began = performance.now();
until.time = began + Number(ms);
for (const line of lines) line.send();
await new Promise((resolve) => setTimeout(resolve, Math.max(Number(ms), 500)));
console.log(JSON.stringify({ count, seconds: (performance.now() - began) / 1000 }));
if (Number(ms) > 0) process.exit(0);
process.once('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 60_000);
