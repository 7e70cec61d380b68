/**
 * The connection of one worker: it is kept, and what was held and owed outlives its breaks. It runs in a thread of
 * its own ({@link file://./thread.ts}), so that heartbeats never wait for a handler.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type CapstanError, refusalOf } from '../../errors.ts';
import { KeySource, type ServerFacts } from '../../server.ts';
import { CLIENT } from '../../version.ts';
import { afterClose, afterRefusal, reconnectDelay, type Then } from './backoff.ts';
import { Ledger } from './ledger.ts';
import {
  BYE,
  type FromServer,
  HEARTBEAT,
  hello,
  type Lease,
  read,
  report,
  resize,
  type StopOrder,
  SUBPROTOCOL,
  WORKER_PATH,
  type WorkerFacts,
} from './protocol.ts';
import { type Progress, ReportBuffer } from './reports.ts';

/** Why a worker can not go on; plain, so that it crosses threads. */
export interface Refusal {
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly next: string;
  readonly requestId: string;
}

/** Whom the link tells. */
export interface Sink {
  /** @param text the server's `tasks` message, as it came */
  granted(text: string): void;
  stop(orders: readonly StopOrder[]): void;
  lost(leases: readonly Lease[]): void;
  /** Nothing is held or owed any more. */
  drained(): void;
  log(level: 'info' | 'warn', message: string): void;
  ended(refusal: Refusal | undefined): void;
}

export interface LinkOptions {
  readonly server: ServerFacts;
  readonly facts: WorkerFacts;
  readonly concurrency: number;
}

/** Milliseconds. */
const TIMES = { open: 10_000, welcome: 10_000, ping: 5000, report: 250, bye: 5000, acks: 3000 } as const;

/** Bytes. The server sends at most 4 MiB; whoever is more generous is not cut off. */
const LARGEST_HEARD = 64 * 1024 * 1024;

export class Link {
  readonly #with: LinkOptions;
  readonly #sink: Sink;
  readonly #keys: KeySource;
  readonly #ledger = new Ledger();
  readonly #reports = new ReportBuffer();
  #concurrency: number;
  #told = 0;
  #draining = false;
  #closing: 'no' | 'acks' | 'bye' = 'no';
  #over = false;
  #failures = 0;
  #refusal: Refusal | undefined;
  #socket: WebSocket | undefined;
  #welcomed = false;
  #alive = true;
  #flush: NodeJS.Immediate | undefined;
  #reporting: NodeJS.Timeout | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #perConnection = new Set<NodeJS.Timeout>();

  constructor(options: LinkOptions, sink: Sink) {
    this.#with = options;
    this.#sink = sink;
    this.#keys = new KeySource(options.server);
    this.#concurrency = options.concurrency;
  }

  start(): void {
    this.#connect();
  }

  /** A handler ended; `entry` goes into a `done`. */
  finish(lease: Lease, entry: string): void {
    this.#ledger.finished(lease, entry);
    this.#soon();
  }

  /** The lease is gone; nothing is reported. */
  abandon(lease: Lease): void {
    this.#ledger.dropped(lease);
    this.#reports.forget(lease);
    this.#tellDrained();
  }

  progress(lease: Lease, progress: Progress): void {
    this.#reports.progress(lease, progress);
    this.#reportSoon();
  }

  log(lease: Lease, text: string): void {
    this.#reports.log(lease, text);
    this.#reportSoon();
  }

  /** Takes so many at a time from now on, unless it drains. */
  resize(concurrency: number): void {
    if (this.#draining) return;
    this.#concurrency = concurrency;
    this.#soon();
  }

  /** Takes no more; `drained` is told when nothing is held or owed. */
  drain(): void {
    this.#draining = true;
    this.#concurrency = 0;
    this.#soon();
    this.#tellDrained();
  }

  /** Waits shortly for what is owed, says bye when there is a connection, and ends. */
  close(): void {
    if (this.#closing !== 'no') return;
    this.#closing = 'acks';
    if (!this.#welcomed) {
      this.#end();
      return;
    }
    this.#after(TIMES.acks, () => this.#sayBye());
    this.#soon();
  }

  #sayBye(): void {
    if (this.#closing === 'bye' || this.#over) return;
    this.#closing = 'bye';
    if (!this.#welcomed) {
      this.#end();
      return;
    }
    this.#send(BYE);
    this.#after(TIMES.bye, () => this.#end());
  }

  #connect(): void {
    if (this.#over) return;
    const { server } = this.#with;
    let socket: WebSocket;
    try {
      socket = new WebSocket(`ws${server.address.slice('http'.length)}${WORKER_PATH}`, SUBPROTOCOL, {
        headers: { ...this.#keys.headers(), 'user-agent': CLIENT },
        perMessageDeflate: false,
        maxPayload: LARGEST_HEARD,
        handshakeTimeout: TIMES.open,
        ...(server.ca === undefined ? {} : { ca: server.ca }),
      });
    } catch (error) {
      // A key file that is not there now may be there soon.
      this.#again('resume', error instanceof Error ? error.message : String(error));
      return;
    }
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: WebSocket): void {
    let ended = false;
    const end = (then: Then, why: string) => {
      if (ended) return;
      ended = true;
      this.#again(then, why);
    };
    let trouble = '';
    socket.on('open', () => this.#sayHello(socket));
    socket.on('message', (data) => this.#hear(socket, String(data)));
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('unexpected-response', (request, response) => {
      void this.#refused(response).then(([then, why]) => {
        request.destroy();
        end(then, why);
      });
    });
    socket.on('error', (error) => {
      trouble = error.message || error.name;
    });
    socket.on('close', (code, reason) =>
      end(afterClose(code), trouble || `closed with ${code}${reason.length > 0 ? `: ${reason}` : ''}`),
    );
  }

  async #refused(response: IncomingMessage): Promise<[Then, string]> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of response) pieces.push(piece as Buffer);
    } catch {
      // What came of it will do.
    }
    const status = response.statusCode ?? 0;
    const said = refusalOf({ status, headers: response.headers, body: Buffer.concat(pieces) });
    this.#refusal = plain(said, status);
    return [afterRefusal(status), said.message];
  }

  #sayHello(socket: WebSocket): void {
    this.#told = this.#concurrency;
    const { session, holding } = this.#ledger;
    this.#refusal = undefined;
    socket.send(hello(this.#with.facts, { concurrency: this.#concurrency, session, holding }));
    this.#perConnection.add(setTimeout(() => socket.terminate(), TIMES.welcome));
  }

  #hear(socket: WebSocket, text: string): void {
    let message: FromServer;
    try {
      message = read(text);
    } catch {
      socket.terminate();
      return;
    }
    this.#alive = true;
    switch (message.type) {
      case 'welcome':
        this.#begin(socket, message);
        return;
      case 'tasks':
        this.#granted(text, message.tasks);
        return;
      case 'acks':
        for (const { uid, outcome, message: why = '' } of message.acks) {
          if (outcome !== 'recorded')
            this.#sink.log('warn', `the report of task ${uid} is ${outcome} ${why}`.trim());
        }
        this.#ledger.acknowledged(message.acks);
        this.#tellDrained();
        this.#soon();
        return;
      case 'stop':
        this.#sink.stop(message.tasks);
        return;
      case 'moving':
        // Our own close tells the server that nobody waits here any more.
        socket.close(1000);
        return;
      case 'error':
        this.#refusal = { message: message.message, code: message.code, status: 0, next: '', requestId: '' };
        return;
      default:
        // A newer server may say more.
        return;
    }
  }

  #begin(socket: WebSocket, welcome: Extract<FromServer, { type: 'welcome' }>): void {
    this.#endConnection();
    this.#socket = socket;
    this.#welcomed = true;
    this.#alive = true;
    this.#failures = 0;
    this.#perConnection.add(setInterval(() => socket.send(HEARTBEAT), welcome.heartbeatMs));
    this.#perConnection.add(setInterval(() => this.#ping(socket), TIMES.ping));
    const lost = this.#ledger.connected(welcome.session, welcome.lost);
    if (lost.length > 0) this.#sink.lost(lost);
    this.#sink.log('info', `connected to ${this.#with.server.address}`);
    this.#tellDrained();
    this.#soon();
  }

  /** A connection whose other end is gone is found within two turns. */
  #ping(socket: WebSocket): void {
    if (!this.#alive) {
      socket.terminate();
      return;
    }
    this.#alive = false;
    socket.ping();
  }

  #granted(text: string, tasks: readonly Lease[]): void {
    const fresh = tasks.filter((task) => this.#ledger.granted(task));
    if (fresh.length === tasks.length) this.#sink.granted(text);
    else if (fresh.length > 0) this.#sink.granted(JSON.stringify({ type: 'tasks', tasks: fresh }));
  }

  #again(then: Then, why: string): void {
    const welcomed = this.#welcomed;
    this.#endConnection();
    if (this.#over) return;
    if (this.#closing !== 'no') {
      this.#end();
      return;
    }
    const careless = then === 'carefully' && !(welcomed && this.#ledger.brokeTheSchema());
    if (then === 'give-up' || careless) {
      this.#end(
        this.#refusal ?? {
          message: `the server refused this worker: ${why}`,
          code: 'client.refused',
          status: 0,
          next: '',
          requestId: '',
        },
      );
      return;
    }
    if (then === 'anew') {
      this.#sink.lost(this.#ledger.forgetSession());
      this.#tellDrained();
    }
    this.#failures += 1;
    const delay = reconnectDelay(this.#failures);
    this.#sink.log(
      'warn',
      `not connected to ${this.#with.server.address} (${why}); again in ${Math.round(delay)} ms`,
    );
    this.#after(delay, () => this.#connect());
  }

  #soon(): void {
    // Reports that end in the same turn go in one message.
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      this.#write();
    });
  }

  #write(): void {
    if (!this.#welcomed || this.#over) return;
    if (this.#concurrency !== this.#told) {
      this.#told = this.#concurrency;
      this.#send(resize(this.#concurrency));
    }
    // What a handler said comes before its end.
    for (const message of report(this.#reports.take(this.#ledger.unsent))) this.#send(message);
    for (const message of this.#ledger.messages()) this.#send(message);
    if (this.#closing === 'acks' && !this.#ledger.owes) this.#sayBye();
  }

  #reportSoon(): void {
    this.#reporting ??= setTimeout(() => {
      this.#reporting = undefined;
      if (!this.#welcomed) return;
      for (const message of report(this.#reports.take())) this.#send(message);
    }, TIMES.report);
  }

  #tellDrained(): void {
    if (this.#draining && this.#ledger.isEmpty) this.#sink.drained();
  }

  #send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #after(ms: number, what: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      what();
    }, ms);
    this.#timers.add(timer);
  }

  #endConnection(): void {
    for (const timer of this.#perConnection) clearInterval(timer);
    this.#perConnection.clear();
    this.#welcomed = false;
  }

  #end(refusal?: Refusal): void {
    if (this.#over) return;
    this.#over = true;
    this.#endConnection();
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#reporting);
    clearImmediate(this.#flush);
    this.#socket?.terminate();
    this.#sink.ended(refusal);
  }
}

function plain({ message, code, next, requestId }: CapstanError, status: number): Refusal {
  return { message: `the server refused the connection: ${message}`, code, status, next, requestId };
}
