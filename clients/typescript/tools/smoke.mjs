/**
 * What was built, on the oldest Node that it is for: a worker of dist takes a task from a server of a few lines while
 * its main thread is busy, and a client reads an error.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { CapstanError, Client, Worker } from '../dist/index.js';

const refusal = JSON.stringify({
  error: { code: 'job.not_found', message: 'no such job', next: '', details: [], request_id: 'r' },
});
const http = createServer((_, response) => {
  response.writeHead(404, { 'content-type': 'application/json' }).end(refusal);
});
await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
const server = `http://127.0.0.1:${http.address().port}`;

let beats = 0;
const done = new Promise((resolve) => {
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const send = (message) => socket.send(JSON.stringify(message));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'heartbeat') beats += 1;
      if (message.type === 'done') {
        send({ type: 'acks', acks: message.results.map((one) => ({ ...one, outcome: 'recorded' })) });
        resolve(message.results[0]);
      }
      if (message.type === 'bye') socket.close(1000);
      if (message.type !== 'hello') return;
      send({ type: 'welcome', session: 's', heartbeatMs: 20, leaseMs: 100, lost: [] });
      const task = {
        uid: 'u',
        attempt: 1,
        name: 'n',
        project: 'p',
        queue: 'q',
        handler: 'double',
        payload: 21,
      };
      send({ type: 'tasks', tasks: [task] });
    });
  });
});

const worker = new Worker({
  server,
  handlers: {
    double({ payload }) {
      const end = performance.now() + 300;
      while (performance.now() < end);
      return payload * 2;
    },
  },
});
const running = worker.run();
assert.deepEqual(await done, { uid: 'u', attempt: 1, result: 42 });
worker.stop();
await running;
assert.ok(beats >= 3, `${beats} heartbeats`);

const client = new Client({ server });
await assert.rejects(
  client.get('x'),
  (error) => error instanceof CapstanError && error.code === 'job.not_found',
);
client.close();
http.close();
http.closeAllConnections();
console.log(`well on Node ${process.version}`);
