/**
 * Answers each message with one of the same size, over WebSocket or over one stream of HTTP/2 a connection: what a
 * worker's link costs before anything is done. `node server.ts`, prints {ws, h2, pid}: ports.
 */
import { createServer } from 'node:http';
import { createServer as createH2, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { framed, framesOf } from './frames.ts';

const http = createServer();
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
const h2 = createH2();
h2.on('session', (session) => session.on('error', () => undefined));
h2.on('stream', (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': 200 });
  stream.on('error', () => undefined);
  framesOf(stream, (text) => stream.write(framed(text)));
});
await Promise.all(
  [http, h2].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
);
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
console.log(JSON.stringify({ ws: portOf(http), h2: portOf(h2), pid: process.pid }));
process.once('SIGTERM', () => process.exit(0));
