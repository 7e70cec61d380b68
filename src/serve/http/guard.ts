/**
 * The gate before every route but liveness and readiness: a key in the header, or the session of a
 * browser in a cookie; never anything in the URL.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refused } from '../../core/errors/refused.ts';
import { addressOf, ownerOf } from './call-limiter.ts';
import { checkConsole } from './console-check.ts';
import { cookieOf } from './cookies.ts';
import type { Authenticate, Caller, Principal, Serving } from './exchange.ts';
import { lacksHost } from './node-server.ts';
import { noteStranger } from './origin.ts';

/** Parameters under which keys are found in URLs, and so in the logs of every proxy on the way. */
const KEY_PARAMETERS = ['access_token', 'token', 'key', 'api_key', 'apikey', 'authorization'];

export function addGuard(app: FastifyInstance, serving: Serving): void {
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    if (lacksHost(request.raw)) throw new Refused('request.malformed', { why: 'it has no Host header' });
    refuseKeyInUrl(request);
    const { open, effect = 'read' } = request.routeOptions.config;
    if (effect === 'health') return;
    const address = addressOf(request, serving.options.behindProxy);
    if (open) return serving.limiter.attempt(address);
    serving.limiter.checkFailures(address);
    request.caller = await identify(request, serving).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 401) {
        serving.limiter.failed(address);
        noteStranger(request, serving, error.code);
      }
      throw error;
    });
    const owner = ownerOf(request.caller.principal);
    const standing = await serving.limiter.take(owner, effect === 'read' ? 'reads' : 'writes');
    reply.header('ratelimit-policy', standing.policy).header('ratelimit', standing.left);
    if (standing.refused) throw standing.refused;
    serving.limiter.holdBody(request.headers, reply.raw);
    if (serving.draining) throw new Refused('server.stopping');
  });
}

function refuseKeyInUrl(request: FastifyRequest): void {
  const query = request.query as Record<string, unknown>;
  for (const name in query) {
    if (KEY_PARAMETERS.includes(name.toLowerCase())) throw new Refused('auth.in_url', { name });
  }
}

/** The header wins: a program that shows a key is no page that was lured. */
async function identify(request: FastifyRequest, serving: Serving): Promise<Caller> {
  const { authenticate, authenticateBrowser, options } = serving;
  const { authorization } = request.headers;
  const cookie = authorization === undefined ? cookieOf(request, 'session', options) : undefined;
  if (cookie === undefined || !authenticateBrowser) return callerBy(authenticate, bearerOf(authorization));
  const caller = await callerBy(authenticateBrowser, cookie);
  checkConsole(request, serving);
  return caller;
}

async function callerBy(authenticate: Authenticate, shown: string): Promise<Caller> {
  const principal = await authenticate(shown);
  if (!principal) throw new Refused('auth.invalid');
  return { principal, stillHolds: async () => same(await authenticate(shown), principal) };
}

function bearerOf(header: string | undefined): string {
  if (header === undefined) throw new Refused('auth.missing');
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
  if (token === undefined) throw new Refused('auth.invalid');
  return token;
}

/** Whatever makes up a principal: one that lost a role on the way is another. */
function same(now: Principal | undefined, before: Principal): boolean {
  return JSON.stringify(now) === JSON.stringify(before);
}
