/**
 * The two cookies of a browser. No script reads them, no other site's request carries them, and off
 * loopback they are bound to this host and to TLS (`__Host-`, RFC 6265bis).
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CookieName, Operation } from '../../operations/define.ts';
import type { HttpOptions } from './options.ts';

/** How long a browser keeps one, seconds; the session's goes with the browser, or ends at the server. */
const KEPT: Readonly<Record<CookieName, number | undefined>> = { 'sign-in': 600, session: undefined };

export function cookieOf(
  request: FastifyRequest,
  name: CookieName,
  options: HttpOptions,
): string | undefined {
  const wanted = fullName(name, options);
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const found = pairs.filter(([key]) => key === wanted);
  // Of two, one was put there by somebody else.
  return found.length === 1 ? found[0]?.slice(1).join('=') : undefined;
}

export function setCookie(
  reply: FastifyReply,
  { name, value }: { readonly name: CookieName; readonly value: string },
  options: HttpOptions,
): void {
  const age = value === '' ? 0 : KEPT[name];
  const parts = [
    `${fullName(name, options)}=${value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure(options) ? ['Secure'] : []),
    ...(age === undefined ? [] : [`Max-Age=${age}`]),
  ];
  reply.header('set-cookie', parts.join('; '));
}

/** Moves what the browser keeps for the page out of an answer; a cookie that was used up is taken back. */
export function keepInCookies(
  { http }: Operation,
  result: unknown,
  { reply, options }: { readonly reply: FastifyReply; readonly options: HttpOptions },
): unknown {
  if (!http?.cookies || typeof result !== 'object' || result === null) return result;
  const left: Record<string, unknown> = { ...result };
  for (const [field, name] of Object.entries(http.cookies)) {
    const value = left[field];
    delete left[field];
    setCookie(reply, { name, value: typeof value === 'string' ? value : '' }, options);
  }
  return left;
}

function fullName(name: CookieName, options: HttpOptions): string {
  return `${isSecure(options) ? '__Host-' : ''}capstan-${name}`;
}

/** Without TLS of one's own or of a proxy there is loopback alone. */
function isSecure({ tls, behindProxy }: HttpOptions): boolean {
  return tls !== undefined || behindProxy;
}
