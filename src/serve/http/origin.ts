/** Where a request came from, for the audit. */
import type { FastifyRequest } from 'fastify';
import type { Origin } from '../../operations/audit/audited.ts';
import { addressOf } from './call-limiter.ts';
import type { Serving } from './exchange.ts';

export function originOf(request: FastifyRequest, { options }: Serving): Origin {
  return { requestId: request.id, address: addressOf(request, options.behindProxy) };
}

/** Counts a request that came without a key that is known. */
export function noteStranger(request: FastifyRequest, serving: Serving, code: string): void {
  const { audit, clock } = serving.ports;
  audit.refused({
    at: clock.now(),
    principal: 'anonymous',
    kind: 'anonymous',
    operation: request.routeOptions.config.operation ?? 'unknown',
    effect: 'refusal',
    outcome: code,
    address: originOf(request, serving).address,
  });
}
