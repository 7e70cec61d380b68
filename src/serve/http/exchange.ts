/** What the parts of the HTTP surface share: who asks, what for, and what the server is doing meanwhile. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ANONYMOUS } from '../../core/access/principal.ts';
import type { Operation } from '../../operations/define.ts';
import type { Invocation } from '../../operations/invoke.ts';
import type { CallLimiter } from './call-limiter.ts';
import type { EventStream } from './event-stream.ts';
import type { HttpMetrics } from './metrics.ts';
import type { HttpOptions } from './options.ts';

export type Principal = Invocation['principal'];
export type Ports = Invocation['ports'];

/** Resolves a key to who it stands for; undefined when it is unknown, has ended or was revoked. */
export type Authenticate = (token: string) => Promise<Principal | undefined>;

export interface Health {
  readonly ready: boolean;
  /** Name of what was looked at → `ok`, or what is wrong with it. */
  readonly checks: Readonly<Record<string, string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** Label of metrics and logs. */
    operation?: string;
    /** Answers without a key. */
    open?: boolean;
    /** How requests are counted; `health` is not. Absent: as a read. */
    effect?: 'read' | 'write' | 'destructive' | 'health';
  }
}

export interface Caller {
  readonly principal: Principal;
  /** Looks again: false once the key has ended, was revoked or has other roles. */
  readonly stillHolds: () => Promise<boolean>;
}

/** One server's state. */
export interface Serving {
  readonly operations: readonly Operation[];
  readonly ports: Ports;
  readonly authenticate: Authenticate;
  /** By the session of a browser; absent: there are none. */
  readonly authenticateBrowser: Authenticate | undefined;
  readonly health: () => Promise<Health>;
  readonly log: Logger | undefined;
  readonly metrics: HttpMetrics;
  readonly options: HttpOptions;
  readonly streams: Set<EventStream>;
  readonly limiter: CallLimiter;
  /** True from the moment it is told to close. */
  draining: boolean;
}

/** Aborts when the connection closes before the answer is whole. */
export function abortWhenGone(reply: FastifyReply, over: AbortController): void {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) over.abort(new Error('the caller is gone'));
  });
}

export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  abortWhenGone(reply, gone);
  return gone.signal;
}

/** The guard has run before any handler, so there is one; only what is open is asked by nobody. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller && request.routeOptions.config.open) {
    return { principal: ANONYMOUS, stillHolds: async () => true };
  }
  if (!request.caller) throw new Error(`${request.routeOptions.url} was reached without a key`);
  return request.caller;
}
