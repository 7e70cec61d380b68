/** Many workers in one process, each over a connection of its own, that hold what they are given until they are told. */
import { WebSocket } from 'ws';
import { type FromWorker, type ToWorker, WORKER_PROTOCOL } from '../../src/contract/worker-link.ts';
import type { Product } from './product.ts';

interface Held {
  readonly uid: string;
  readonly attempt: number;
}

class Bird {
  readonly held: Held[] = [];
  readonly #socket: WebSocket;
  #beat: NodeJS.Timeout | undefined;

  private constructor(socket: WebSocket, onTask: () => void) {
    this.#socket = socket;
    socket.on('message', (data) => this.#hear(JSON.parse(String(data)) as ToWorker, onTask));
    socket.on('close', () => clearInterval(this.#beat));
    socket.on('error', () => undefined);
  }

  static async join(url: string, key: string, hello: object, onTask: () => void): Promise<Bird> {
    const socket = new WebSocket(url, WORKER_PROTOCOL, { headers: { authorization: `Bearer ${key}` } });
    const bird = new Bird(socket, onTask);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    bird.#send({ type: 'hello', handlers: ['bench'], queues: ['default'], ...hello } as FromWorker);
    return bird;
  }

  finish(): void {
    const results = this.held.splice(0).map((lease) => ({ ...lease, result: null }));
    if (results.length > 0) this.#send({ type: 'done', results } as FromWorker);
  }

  leave(): void {
    this.#socket.terminate();
  }

  #send(message: FromWorker): void {
    this.#socket.send(JSON.stringify(message));
  }

  #hear(message: ToWorker, onTask: () => void): void {
    if (message.type === 'welcome') {
      this.#beat = setInterval(() => this.#send({ type: 'heartbeat' } as FromWorker), message.heartbeatMs);
    }
    if (message.type !== 'tasks') return;
    for (const { uid, attempt } of message.tasks) {
      this.held.push({ uid, attempt });
      onTask();
    }
  }
}

export class Flock {
  readonly #birds: readonly Bird[];
  readonly #count: { handed: number };

  private constructor(birds: readonly Bird[], count: { handed: number }) {
    this.#birds = birds;
    this.#count = count;
  }

  /** @param size so many workers, each with so many places */
  static async gather(product: Product, size: { workers: number; each: number }): Promise<Flock> {
    const url = `${product.server.address.replace('http', 'ws')}/api/v1/worker`;
    const count = { handed: 0 };
    const birds: Bird[] = [];
    for (let n = 0; n < size.workers; n += 1) {
      const hello = { name: `bird-${n}`, concurrency: size.each };
      birds.push(
        await Bird.join(url, product.workerKey, hello, () => {
          count.handed += 1;
        }),
      );
    }
    return new Flock(birds, count);
  }

  /** Ever. */
  get handed(): number {
    return this.#count.handed;
  }

  get held(): number {
    return this.#birds.reduce((sum, { held }) => sum + held.length, 0);
  }

  finish(): void {
    for (const bird of this.#birds) bird.finish();
  }

  leave(): void {
    for (const bird of this.#birds) bird.leave();
  }
}
