/** The worker's messages (docs/worker-protocol.md), both ways, and the limits that the server holds them to. */
import type { TaskError } from '../../api.ts';

export const SUBPROTOCOL = 'capstan.worker.v1';
export const WORKER_PATH = '/api/v1/worker';

export const LARGEST_MESSAGE = 4 * 1024 * 1024;
export const LARGEST_RESULT = 16 * 1024 * 1024;
const MOST_IN_A_MESSAGE = 10_000;

/** Bytes around the entries of a message, generously. */
const ENVELOPE = 256;
export const LARGEST_ENTRY = LARGEST_MESSAGE - ENVELOPE;

/** Of texts, in UTF-16 units: what the server takes. */
export const LIMITS = { message: 8192, type: 256, stack: 65_536, line: 16_384, progress: 1024 } as const;

/** One attempt of one task. */
export interface Lease {
  readonly uid: string;
  readonly attempt: number;
}

export interface HandedTask extends Lease {
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly handler: string;
  readonly payload?: unknown;
  readonly payloadPath?: string;
  readonly timeoutMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly traceparent?: string;
  readonly dependencies?: readonly HandedDependency[];
}

export interface HandedDependency {
  readonly uid: string;
  readonly name: string;
  readonly state: string;
  readonly result?: unknown;
  readonly resultPath?: string;
}

export interface Ack extends Lease {
  readonly outcome: 'recorded' | 'stale' | 'refused';
  readonly message?: string;
}

export interface StopOrder extends Lease {
  readonly reason: string;
  readonly graceMs: number;
}

export type FromServer =
  | {
      readonly type: 'welcome';
      readonly session: string;
      readonly heartbeatMs: number;
      readonly leaseMs: number;
      readonly lost: readonly Lease[];
    }
  | { readonly type: 'tasks'; readonly tasks: readonly HandedTask[] }
  | { readonly type: 'acks'; readonly acks: readonly Ack[] }
  | { readonly type: 'stop'; readonly tasks: readonly StopOrder[] }
  | { readonly type: 'moving' }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

/** What a worker announces of itself. */
export interface WorkerFacts {
  readonly name: string;
  readonly handlers: readonly string[];
  readonly queues: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly client: string;
}

export const HEARTBEAT = '{"type":"heartbeat"}';
export const BYE = '{"type":"bye"}';

export function hello(
  facts: WorkerFacts,
  now: {
    readonly concurrency: number;
    readonly session: string | undefined;
    readonly holding: readonly Lease[];
  },
): string {
  const { concurrency, session, holding } = now;
  return JSON.stringify({ type: 'hello', ...facts, concurrency, ...(session ? { session, holding } : {}) });
}

export function resize(concurrency: number): string {
  return JSON.stringify({ type: 'resize', concurrency });
}

/** Messages for entries of `done`, none larger than the limit. */
export function done(entries: readonly string[]): string[] {
  return packed('{"type":"done","results":[', entries);
}

export function report(entries: readonly string[]): string[] {
  return packed('{"type":"report","items":[', entries);
}

function packed(head: string, entries: readonly string[]): string[] {
  const messages: string[] = [];
  let pack: string[] = [];
  let size = 0;
  const close = () => messages.push(`${head}${pack.join(',')}]}`);
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry) + 1;
    if (pack.length > 0 && (size + bytes > LARGEST_ENTRY || pack.length === MOST_IN_A_MESSAGE)) {
      close();
      pack = [];
      size = 0;
    }
    pack.push(entry);
    size += bytes;
  }
  if (pack.length > 0) close();
  return messages;
}

/** @throws TypeError for what is no message */
export function read(text: string): FromServer {
  const message: unknown = JSON.parse(text);
  if (typeof message !== 'object' || message === null || !('type' in message)) {
    throw new TypeError('a message is an object with a type');
  }
  return message as FromServer;
}

export function keyOf({ uid, attempt }: Lease): string {
  return `${uid}/${attempt}`;
}

export function leaseOf({ uid, attempt }: Lease): Lease {
  return { uid, attempt };
}

/** Entries of `done`. */
export const entry = {
  succeeded: (lease: Lease, json: string) => `${head(lease)},"result":${json}}`,
  /** The result was sent by HTTP. */
  stored: (lease: Lease) => `${head(lease)}}`,
  stopped: (lease: Lease) => `${head(lease)},"stopped":true}`,
  failed: (lease: Lease, error: TaskError) => `${head(lease)},"error":${JSON.stringify(error)}}`,
};

function head({ uid, attempt }: Lease): string {
  return JSON.stringify({ uid, attempt }).slice(0, -1);
}
