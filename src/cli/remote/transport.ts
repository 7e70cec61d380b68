/**
 * Sends one request, again where that is safe: reads, puts, and submissions (which carry an
 * idempotency key, because a commit's answer can be lost).
 */
import { codeOf, responseError, unreachable } from './client-errors.ts';
import type { Prepared } from './request.ts';

export type Pause = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  readonly pause: Pause;
  /** For one try, milliseconds. */
  readonly timeoutMs: number;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** What the time limit covers: streams and downloads may last longer than their first byte takes. */
  readonly limit?: 'head' | 'whole';
}

/** How often in all, and how long between when the server does not say, milliseconds. */
const TRIES = 4;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

const LOST = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The answer, when it is a good one. Throws ApiError or Unreachable. */
export async function send(
  transport: Transport,
  request: Prepared,
  { signal, limit = 'head' }: SendOptions = {},
): Promise<Response> {
  const tries = isRepeatable(request) ? TRIES : 1;
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt >= tries;
    const wait = backoff(attempt);
    const response = await once(transport, request, { signal, limit }).catch((error: unknown) => {
      if (signal?.aborted || last || !LOST.has(codeOf(error))) throw unreachable(request.url.origin, error);
      return undefined;
    });
    if (response?.ok) return response;
    if (response && (last || !isBusy(response))) throw await responseError(response);
    await response?.body?.cancel();
    await transport.pause(response ? (retryAfter(response) ?? wait) : wait, signal);
  }
}

async function once(
  { fetch, timeoutMs }: Transport,
  request: Prepared,
  { signal, limit }: SendOptions,
): Promise<Response> {
  const { method, url, headers, body } = request;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new DOMException('no answer', 'TimeoutError')), timeoutMs);
  // After a whole answer the timer has nothing left to abort, and must not hold the process.
  timer.unref();
  try {
    // A redirect would carry the key elsewhere, or turn a POST into a GET.
    return await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    });
  } finally {
    if (limit === 'head') clearTimeout(timer);
  }
}

function isRepeatable({ method, headers }: Prepared): boolean {
  return method === 'GET' || method === 'PUT' || 'idempotency-key' in headers;
}

function isBusy({ status }: Response): boolean {
  return status === 503 || status === 429;
}

/** Doubles from `FIRST_PAUSE` on. @param attempt from 1 */
export function backoff(attempt: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
}

/** `Retry-After` in milliseconds; only its form in seconds is understood, and no more than half a minute. */
function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 30) * 1000 : undefined;
}
