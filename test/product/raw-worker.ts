/** A worker that speaks the protocol itself, message by message: what an SDK hides is what is tested here. */
import { WebSocket } from 'ws';
import { type FromWorker, type ToWorker, WORKER_PROTOCOL } from '../../src/contract/worker-link.ts';
import { type Product, until } from './product.ts';

type Message<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;
export type Task = Message<'tasks'>['tasks'][number];
type Hello = Partial<Extract<FromWorker, { type: 'hello' }>>;

export interface Asking extends Hello {
  readonly key: string;
  /** Absent: as often as the server asks for it. */
  readonly silent?: boolean;
}

export class RawWorker {
  readonly heard: ToWorker[] = [];
  readonly tasks: Task[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;
  #beat: NodeJS.Timeout | undefined;
  #onTask: ((task: Task) => void) | undefined;

  private constructor(socket: WebSocket, silent: boolean) {
    this.#socket = socket;
    socket.on('message', (data) => this.#hear(JSON.parse(String(data)) as ToWorker, silent));
    socket.on('close', (code) => {
      this.closed = code;
      clearInterval(this.#beat);
    });
    socket.on('error', () => undefined);
  }

  /** Connected and welcomed. */
  static async join(product: Product, { key, silent = false, ...hello }: Asking): Promise<RawWorker> {
    const worker = await RawWorker.connect(product, key, silent);
    worker.send({
      type: 'hello',
      name: 'raw',
      handlers: ['echo'],
      queues: ['default'],
      concurrency: 10,
      ...hello,
    });
    await until('the worker is welcomed', () => worker.heard.length > 0 || worker.closed !== undefined);
    return worker;
  }

  static async connect(product: Product, key: string, silent = false): Promise<RawWorker> {
    const url = `${product.address.replace('http', 'ws')}/api/v1/worker`;
    const socket = new WebSocket(url, WORKER_PROTOCOL, { headers: { authorization: `Bearer ${key}` } });
    const worker = new RawWorker(socket, silent);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return worker;
  }

  get session(): string {
    return this.last('welcome').session;
  }

  /** Handles each task from now on, those that are here already included. */
  on(handle: (task: Task) => void): this {
    this.#onTask = handle;
    for (const task of this.tasks) handle(task);
    return this;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  text(text: string): void {
    this.#socket.send(text);
  }

  done(task: Pick<Task, 'uid' | 'attempt'>, what: object = { result: null }): void {
    this.send({ type: 'done', results: [{ uid: task.uid, attempt: task.attempt, ...what }] });
  }

  last<T extends ToWorker['type']>(type: T): Message<T> {
    const found = this.heard.findLast((message) => message.type === type);
    if (!found) throw new Error(`no ${type} was heard: ${JSON.stringify(this.heard)}`);
    return found as Message<T>;
  }

  /** The answers to what it said was done, by attempt. */
  acks(uid: string): string[] {
    return this.heard.flatMap((message) =>
      message.type === 'acks' ? message.acks.filter((ack) => ack.uid === uid).map((ack) => ack.outcome) : [],
    );
  }

  async holds(count: number): Promise<readonly Task[]> {
    await until(`the worker was given ${count} tasks`, () => this.tasks.length >= count);
    return this.tasks;
  }

  /** Reads nothing any more; says nothing either, as it hears of no time for it. */
  pause(): void {
    this.#socket.pause();
  }

  /** Ends without a word, as a kill would. */
  drop(): void {
    this.#socket.terminate();
  }

  #hear(message: ToWorker, silent: boolean): void {
    this.heard.push(message);
    if (message.type === 'welcome' && !silent) {
      this.#beat = setInterval(() => this.send({ type: 'heartbeat' }), message.heartbeatMs);
    }
    if (message.type !== 'tasks') return;
    this.tasks.push(...message.tasks);
    for (const task of message.tasks) this.#onTask?.(task);
  }
}

/** Of the product's administrator, with the role `worker`. */
export async function workerKey(product: Product, more: object = {}): Promise<string> {
  keys += 1;
  const made = await product.post<{ key: string }>('/keys', {
    name: `worker-${keys}`,
    roles: ['worker'],
    ...more,
  });
  return made.key;
}

let keys = 0;
