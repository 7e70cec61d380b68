/** What can come back instead of an answer: a refusal of the server, or no answer at all. */
import type { ErrorBody, Problem } from '../../contract/error.ts';

/** The server answered with an error body. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly next: string;
  readonly details: readonly Problem[];
  readonly requestId: string;

  constructor(status: number, { error }: ErrorBody) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.next = error.next;
    this.details = error.details;
    this.requestId = error.request_id;
  }
}

/** No answer, or one that does not come from Capstan. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly next: string;

  constructor(message: string, more: { next?: string; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.next =
      more.next ??
      'Check the address (--server, CAPSTAN_SERVER or the context) and that the server runs; `capstan up` starts one here.';
  }
}

/** Codes that pass by themselves: a stream that ends with one is taken up again. */
const PASSING = new Set(['store.unavailable', 'server.stopping', 'agent.unavailable']);

export function isPassing(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  return error instanceof ApiError && (error.status === 503 || error.status === 429);
}

/** An `event: error` of a stream carries no status; what a retry can mend counts as 503. */
export function streamError(body: ErrorBody): ApiError {
  const { code } = body.error;
  if (PASSING.has(code)) return new ApiError(503, body);
  return new ApiError(code === 'internal' ? 500 : 400, body);
}

export async function responseError(response: Response): Promise<ApiError | Unreachable> {
  const text = await response.text().catch(() => '');
  const body = errorBody(text);
  if (body) return new ApiError(response.status, body);
  const type = response.headers.get('content-type') ?? 'no content type';
  return new Unreachable(
    `what answers at ${new URL(response.url).origin} is not Capstan: HTTP ${response.status}, ${type}`,
  );
}

export function errorBody(text: string): ErrorBody | undefined {
  const parsed = parseJson(text) as Partial<ErrorBody> | undefined;
  const error = parsed?.error;
  if (typeof error !== 'object' || error === null || typeof error.message !== 'string') return undefined;
  return {
    error: {
      code: String(error.code),
      message: error.message,
      next: String(error.next ?? ''),
      details: Array.isArray(error.details) ? error.details : [],
      request_id: String(error.request_id ?? ''),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

/** From what `fetch` throws: its message says only "fetch failed". */
export function unreachable(origin: string, error: unknown): Unreachable {
  if (error instanceof Unreachable) return error;
  const { name } = error as Error;
  const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
  const why =
    name === 'TimeoutError'
      ? 'no answer in time'
      : (SENTENCES[codeOf(error)] ?? cause?.message ?? (error as Error).message);
  return new Unreachable(`cannot reach ${origin}: ${why}`, { cause: error });
}

export function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return String(cause?.code ?? code ?? '');
}
