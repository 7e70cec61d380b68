/** Signed requests to one bucket: the body's hash is part of the signature, redirects are not followed. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { refusedBy, unreachable } from './errors.ts';
import { bucketUrl, type S3Options } from './options.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Below the bucket; absent: the bucket itself. */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  /** For people: `put a blob`. */
  readonly what: string;
  /** Statuses that are an answer besides 2xx. */
  readonly alsoTakes?: readonly number[] | undefined;
}

export type Send = (request: S3Request) => Promise<Response>;

/** Tries in all; a request changes nothing when it is repeated. */
const TRIES = 6;
const FIRST_PAUSE = 100;
/** Of one request, milliseconds. */
const TIMEOUT = 60_000;

/** @throws S3Error `Unsafe` */
export function s3Requests(options: S3Options): Send {
  const base = bucketUrl(options);
  return async (request) => {
    for (let tried = 1; ; tried += 1) {
      const response = await once(request, options, base).catch((error: unknown) => {
        if (tried === TRIES) throw unreachable(request.what, error);
      });
      if (response && isAnswer(response, request)) return response;
      const body = (await response?.text().catch(() => '')) ?? '';
      if (response && (tried === TRIES || !isPassing(response.status, request, body)))
        throw refusedBy(request.what, response.status, body);
      await delay(FIRST_PAUSE * 2 ** (tried - 1));
    }
  };
}

async function once(request: S3Request, options: S3Options, base: URL): Promise<Response> {
  const { method, key = '', query = {}, body } = request;
  const url = new URL(base);
  url.pathname += key;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const hash = createHash('sha256')
    .update(body ?? new Uint8Array())
    .digest('hex');
  const signed = await new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...request.headers, 'x-amz-content-sha256': hash },
    accessKeyId: options.accessKeyId,
    secretAccessKey: options.secretAccessKey,
    region: options.region,
    service: 's3',
  }).sign();
  return fetch(signed.url, {
    method,
    headers: signed.headers,
    body: body === undefined ? null : Buffer.from(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
  });
}

function isAnswer(response: Response, { alsoTakes = [] }: S3Request): boolean {
  return response.ok || alsoTakes.includes(response.status);
}

/**
 * Too many at once, a server that is being replaced, or a put that met a removal: servers that keep
 * objects as files say that the key is not there when its folder has just gone.
 */
function isPassing(status: number, { method }: S3Request, body: string): boolean {
  if (method === 'PUT' && (status === 409 || (status === 404 && body.includes('<Code>NoSuchKey</Code>')))) {
    return true;
  }
  return status >= 500 || status === 429 || status === 408;
}
