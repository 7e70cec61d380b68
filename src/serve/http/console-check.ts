/**
 * A browser sends its cookie along with whatever any page makes it ask. So a request that has the session of
 * one must show that the console's own page made it: by a header that no other site's page can add without
 * asking first (which is refused: there is no CORS here), and by its origin.
 */
import type { FastifyRequest } from 'fastify';
import { Refused } from '../../core/errors/refused.ts';
import type { Serving } from './exchange.ts';

/** Its value does not matter. */
const HEADER = 'x-capstan-console';

/** Throws Refused `auth.forged`. Reads need no header, because an event stream of a browser cannot send one. */
export function checkConsole(request: FastifyRequest, { ports }: Serving): void {
  const { origin, 'sec-fetch-site': site, [HEADER]: header } = request.headers;
  const { effect = 'read' } = request.routeOptions.config;
  const known = origin !== undefined && originsOf(ports.issuers.redirectUris).has(origin);
  const foreign = (origin !== undefined && !known) || (site !== undefined && !OWN_SITE.has(site));
  const changes = effect !== 'read' || request.method !== 'GET';
  if (foreign || (changes && (!known || header === undefined))) throw new Refused('auth.forged');
}

/** `none`: the person themselves, by a bookmark or the address bar. */
const OWN_SITE: ReadonlySet<unknown> = new Set(['same-origin', 'none']);

/** The console is where the issuer sends its browsers back to. */
function originsOf(redirectUris: readonly string[]): ReadonlySet<string> {
  return new Set(redirectUris.map((uri) => new URL(uri).origin));
}
