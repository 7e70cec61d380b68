/**
 * Operations are data: the HTTP route with its OpenAPI entry, the permission check and the audit
 * record all come from one definition. A handler reads as load → decide (pure) → apply.
 */
import type { z } from 'zod';
import type { Asked, Principal, Target } from '../core/access/principal.ts';
import type { Ports } from '../ports/index.ts';

/** What a handler gets. `now` is one moment for the whole operation. */
export interface Call<Input> {
  readonly input: Input;
  readonly principal: Principal;
  readonly ports: Ports;
  readonly now: number;
  /** Aborted when the caller is gone or its time is up. */
  readonly signal: AbortSignal;
  /** W3C `traceparent` of the caller's request. */
  readonly traceparent?: string | undefined;
  /** For the audit of what is recorded under another name than the caller's. */
  readonly origin?:
    | { readonly requestId?: string | undefined; readonly address?: string | undefined }
    | undefined;
}

/** `sign-in`: between beginning and completing one; `session`: who is signed in. */
export type CookieName = 'sign-in' | 'session';

export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{field}` for fields of the input; the rest comes from the query (GET, DELETE) or the body. */
  readonly path: `/api/v1/${string}`;
  /** Largest body, bytes, where it may be larger than others. */
  readonly bodyLimit?: number;
  /**
   * Fields that a browser keeps for the page, as cookies that no script can read: of the input they are
   * taken from the cookie alone, of the output they are in the cookie alone.
   */
  readonly cookies?: Readonly<Record<string, CookieName>>;
}

interface Definition<I extends z.ZodType, O extends z.ZodType> {
  /** `noun.verb`. */
  readonly name: string;
  /** One line, for OpenAPI and help. */
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** `open`: the sign-in handshake, which has no principal yet. */
  readonly permission: Asked['permission'];
  /**
   * What it is about to touch, for the check of scopes. `any`: it is enough to hold the permission
   * somewhere, because the handler itself shows only what is in scope.
   */
  target(input: z.output<I>): Target | 'any';
  readonly effect: 'read' | 'write' | 'destructive';
  /** `none` only for product data that is read under permission (DESIGN.md, "Audit"). */
  readonly audit: 'change' | 'read' | 'none';
  /** Absent: not for people; only the agent link projects it. */
  readonly http?: HttpRoute;
}

/** Answers once. */
export interface UnaryOperation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType>
  extends Definition<I, O> {
  readonly kind: 'unary';
  handler(call: Call<z.output<I>>): Promise<z.output<O>>;
}

/** Answers with a stream of items of the output's shape; each has an `id` that resumes after it. */
export interface StreamOperation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType>
  extends Definition<I, O> {
  readonly kind: 'stream';
  handler(call: Call<z.output<I>>): AsyncIterable<z.output<O>>;
}

/** Answers with bytes. */
export interface BytesOperation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType>
  extends Definition<I, O> {
  readonly kind: 'bytes';
  handler(
    call: Call<z.output<I>>,
  ): Promise<{ readonly bytes: number; readonly content: AsyncIterable<Uint8Array> }>;
}

export type Operation = UnaryOperation | StreamOperation | BytesOperation;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export function defineOperation<I extends z.ZodType, O extends z.ZodType>(
  definition: Without<UnaryOperation<I, O>, 'kind'>,
): UnaryOperation<I, O> {
  return { kind: 'unary', ...definition };
}

export function defineStream<I extends z.ZodType, O extends z.ZodType>(
  definition: Without<StreamOperation<I, O>, 'kind'>,
): StreamOperation<I, O> {
  return { kind: 'stream', ...definition };
}

export function defineBytes<I extends z.ZodType, O extends z.ZodType>(
  definition: Without<BytesOperation<I, O>, 'kind'>,
): BytesOperation<I, O> {
  return { kind: 'bytes', ...definition };
}
