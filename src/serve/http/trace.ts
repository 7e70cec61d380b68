/** A span for each operation, continuing the caller's trace. Does nothing until an OpenTelemetry SDK is registered. */
import type { IncomingHttpHeaders } from 'node:http';
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Refused } from '../../core/errors/refused.ts';

export function traced<T>(
  operation: string,
  headers: IncomingHttpHeaders,
  work: () => Promise<T>,
): Promise<T> {
  const parent = propagation.extract(context.active(), headers);
  const options = { kind: SpanKind.SERVER, attributes: { 'capstan.operation': operation } };
  return trace.getTracer('capstan.http').startActiveSpan(operation, options, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      blame(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Of W3C trace context, as it came; what is none is ignored, as that standard says. */
export function traceparentOf({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** Only the code: messages hold names that belong to the caller. */
function blame(span: Span, error: unknown): void {
  const message = error instanceof Refused ? error.code : 'internal';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
