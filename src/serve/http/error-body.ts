/** From whatever was thrown to the one shape of error on the wire. What is not ours never shows its message. */
import type { FastifyError } from 'fastify';
import type { ErrorBody } from '../../contract/error.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { HttpOptions } from './options.ts';

/** Fastify's own refusals in our words; anything that is not listed is a defect of ours. */
const FROM_FASTIFY: Readonly<Record<string, (options: HttpOptions) => Refused>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Refused('input.media_type'),
  FST_ERR_CTP_BODY_TOO_LARGE: ({ bodyLimit }) => new Refused('input.too_large', { limit: bodyLimit }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Refused('request.malformed', { why: 'its body is not as long as it says' }),
  FST_ERR_BAD_URL: () => new Refused('request.malformed', { why: 'its URL cannot be decoded' }),
};

/** Of Node's HTTP parser, by error code. */
const FROM_PARSER: Readonly<Record<string, (options: HttpOptions) => Refused>> = {
  HPE_HEADER_OVERFLOW: ({ headerLimit }) => new Refused('request.headers_too_large', { limit: headerLimit }),
  ERR_HTTP_REQUEST_TIMEOUT: () => new Refused('request.too_slow'),
};

export function refusalOf(error: unknown, options: HttpOptions): Refused {
  if (error instanceof Refused) return error;
  const code = codeOf(error);
  return FROM_FASTIFY[code]?.(options) ?? new Refused('internal', {}, { cause: error });
}

export function parserRefusal(error: unknown, options: HttpOptions): Refused {
  const malformed = () => new Refused('request.malformed', { why: 'it is not valid HTTP/1.1' });
  return (FROM_PARSER[codeOf(error)] ?? malformed)(options);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as Partial<FastifyError>).code : undefined;
  return typeof code === 'string' ? code : '';
}

export function errorBody(refused: Refused, requestId: string): ErrorBody {
  const { code, message, next, details } = refused;
  return { error: { code, message, next, details: [...details], request_id: requestId } };
}

/** Headers that belong to a refusal. Seconds, as HTTP wants them. */
export function refusalHeaders({ code, status, retryAfter }: Refused): Record<string, string> {
  if (status === 401) {
    const challenge = code === 'auth.invalid' ? ', error="invalid_token"' : '';
    return { 'www-authenticate': `Bearer realm="capstan"${challenge}` };
  }
  return status === 503 || status === 429 ? { 'retry-after': String(retryAfter ?? 1) } : {};
}
