/**
 * Tasks over HTTP, each in a request of its own, in a process of its own: `node load.ts ADDRESS TOKEN CONNECTIONS MS`
 * prints {count, seconds, latencies}. It writes to sockets itself, because it shares two cores with what it loads:
 * an HTTP client takes as long for a request as the server does.
 */
import { connect } from 'node:net';
import { isWhole, requestOf } from './request.ts';

const [address = '', token = '', connections = '', ms = ''] = process.argv.slice(2);
const { hostname, port } = new URL(address);
const latencies: number[] = [];

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
      socket.write(requestOf({ address, token }));
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

const began = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, () => caller(began + Number(ms))));
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ count: latencies.length, seconds, latencies }));
