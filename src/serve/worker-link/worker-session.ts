/**
 * One connection of a worker: its messages become operations, and what the desk hands out becomes messages.
 * It adds no logic: permission, shape and effect are the operations'.
 */
import type { RawData, WebSocket } from 'ws';
import { FromWorker, LARGEST_MESSAGE, type ToWorker } from '../../contract/worker-link.ts';
import type { Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import { invoke } from '../../operations/invoke.ts';
import { joinWorker } from '../../operations/worker/join.ts';
import { leaveWorker } from '../../operations/worker/leave.ts';
import { settleTasks } from '../../operations/worker/settle.ts';
import type { Ports } from '../../ports/index.ts';
import type { Handed, StopOrder, WorkerOutlet } from '../../ports/task-desk.ts';
import { handedView, sizeOf } from './handed.ts';

export interface SessionContext {
  readonly ports: Ports;
  readonly principal: Principal;
  readonly replica: string;
  readonly address: string;
  readonly timing: WorkerTiming;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface WorkerTiming {
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  /** From the connection to its `hello`. */
  readonly helloMs: number;
}

/** See docs/worker-protocol.md, "Close codes". */
const CLOSE = {
  done: 1000,
  stopping: 1001,
  refused: 1008,
  malformed: 4400,
  replaced: 4409,
  slow: 4429,
} as const;

/** Bytes that wait for the network: beyond it the worker does not read, and is cut off. */
const MOST_UNSENT = 16 * 1024 * 1024;

export class WorkerSession implements WorkerOutlet {
  readonly #socket: WebSocket;
  readonly #with: SessionContext;
  readonly #over = new AbortController();
  readonly #hello: NodeJS.Timeout;
  /** Reports whose answer is still to come. */
  readonly #settling = new Set<Promise<void>>();
  #session: string | undefined;
  #joining = false;

  constructor(socket: WebSocket, context: SessionContext) {
    this.#socket = socket;
    this.#with = context;
    this.#hello = setTimeout(() => this.#fail(malformed('it did not say hello')), context.timing.helloMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('close', () => this.#closed());
    // It closes by itself, with the code that says why.
    socket.on('error', () => undefined);
  }

  get session(): string | undefined {
    return this.#session;
  }

  hand(tasks: readonly Handed[]): void {
    let part: Handed[] = [];
    let size = 0;
    for (const handed of tasks) {
      const bytes = sizeOf(handed);
      if (part.length > 0 && size + bytes > LARGEST_MESSAGE / 2) {
        this.#send({ type: 'tasks', tasks: part.map(handedView) });
        part = [];
        size = 0;
      }
      part.push(handed);
      size += bytes;
    }
    if (part.length > 0) this.#send({ type: 'tasks', tasks: part.map(handedView) });
  }

  stop(orders: readonly StopOrder[]): void {
    this.#send({ type: 'stop', tasks: orders.map((order) => ({ ...order })) });
  }

  replaced(): void {
    this.#session = undefined;
    this.#fail(new Refused('worker.replaced'), CLOSE.replaced);
  }

  /** The server stops, or its key has ended. */
  end(why: 'stopping' | 'revoked'): void {
    if (why === 'revoked') {
      this.#fail(new Refused('auth.invalid'), CLOSE.refused);
      return;
    }
    this.#send({ type: 'moving' });
    this.#socket.close(CLOSE.stopping);
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#handle(data, isBinary).catch((error: unknown) => {
      if (error instanceof Refused) return this.#fail(error);
      this.#with.onTrouble('a worker', error);
      // What it said is not lost: it says it again when it is back.
      this.#socket.close(1011);
    });
  }

  async #handle(data: RawData, isBinary: boolean): Promise<void> {
    const message = parse(data, isBinary);
    if (message.type === 'hello') return this.#join(message);
    const session = this.#session;
    if (session === undefined)
      throw malformed(this.#joining ? 'the welcome is still to come' : 'it says hello first');
    const { desk } = this.#with.ports;
    desk.heard(session);
    switch (message.type) {
      case 'done': {
        const settled = this.#settle(session, message.results);
        this.#settling.add(settled);
        return settled.finally(() => this.#settling.delete(settled));
      }
      case 'report': {
        const at = this.#with.ports.clock.now();
        const notes = message.items.map(({ uid, attempt, progress, lines }) => ({
          uid,
          attempt,
          ...(progress ? { progress: { ...progress, at } } : {}),
          ...(lines ? { lines } : {}),
        }));
        return desk.note(session, notes);
      }
      case 'resize':
        return desk.resize(session, message.concurrency);
      case 'bye':
        return this.#leave(session);
      case 'heartbeat':
        return;
    }
  }

  async #join({ type: _, ...hello }: Extract<FromWorker, { type: 'hello' }>): Promise<void> {
    if (this.#joining || this.#session !== undefined) throw malformed('it says hello once');
    this.#joining = true;
    clearTimeout(this.#hello);
    const { ports, principal, replica, timing } = this.#with;
    const joined = await invoke(joinWorker, this.#invocation({ ...hello, replica }));
    if (this.#over.signal.aborted) return;
    this.#session = joined.session;
    const { heartbeatMs, leaseMs } = timing;
    this.#send({ type: 'welcome', session: joined.session, heartbeatMs, leaseMs, lost: joined.lost });
    const { name, queues, handlers, concurrency } = hello;
    ports.desk.seat(
      { id: joined.session, name, principal, queues, handlers, concurrency, holding: joined.holding },
      this,
    );
  }

  async #settle(session: string, results: unknown): Promise<void> {
    const acks = await invoke(settleTasks, this.#invocation({ session, results }));
    this.#send({ type: 'acks', acks });
  }

  /** What it said before counts: its leases are given back when its reports are recorded. */
  async #leave(session: string): Promise<void> {
    await Promise.allSettled(this.#settling);
    this.#with.ports.desk.unseat(session, this);
    this.#session = undefined;
    await invoke(leaveWorker, this.#invocation({ session }));
    this.#socket.close(CLOSE.done);
  }

  #invocation(input: unknown) {
    const { ports, principal, address } = this.#with;
    return { input, principal, ports, signal: this.#over.signal, origin: { address } };
  }

  #send(message: ToWorker): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_UNSENT) {
      this.#socket.close(CLOSE.slow);
      // A close frame would wait behind all that is not read.
      this.#socket.terminate();
      return;
    }
    this.#socket.send(JSON.stringify(message));
  }

  #fail(error: Refused, code?: number): void {
    this.#send({ type: 'error', code: error.code, message: `${error.message}. ${error.next}` });
    this.#socket.close(code ?? closeCode(error));
    this.#over.abort();
  }

  #closed(): void {
    clearTimeout(this.#hello);
    this.#over.abort();
    if (this.#session !== undefined) this.#with.ports.desk.unseat(this.#session, this);
  }
}

function closeCode({ status }: Refused): number {
  if (status === 401 || status === 403) return CLOSE.refused;
  return status === 429 ? CLOSE.slow : CLOSE.malformed;
}

function malformed(why: string): Refused {
  return new Refused('worker.message', { why });
}

function parse(data: RawData, isBinary: boolean): FromWorker {
  if (isBinary) throw malformed('it is binary');
  let value: unknown;
  try {
    value = JSON.parse(String(data));
  } catch {
    throw malformed('it is not JSON');
  }
  const parsed = FromWorker.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(`${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'not as expected'}`);
}
