/** What the server measures of itself. Labels are operation names, never paths, so their number is bounded. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** `2xx`…`5xx`, or `aborted` when the caller left before the end. */
export type StatusClass = `${number}xx` | 'aborted';

export interface HttpMetrics {
  readonly registry: Registry;
  begin(): void;
  end(operation: string, status: StatusClass): void;
  took(operation: string, seconds: number): void;
  streams(change: 1 | -1): void;
}

export function createHttpMetrics(registry = new Registry()): HttpMetrics {
  const registers = [registry];
  if (!registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by operation and class of status',
    labelNames: ['operation', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the last header to the last byte of the answer; streams are not counted',
    labelNames: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests not yet answered',
    registers,
  });
  const open = new Gauge({ name: 'http_streams_open', help: 'Event streams that are open', registers });
  return {
    registry,
    begin: () => inFlight.inc(),
    end: (operation, status) => {
      inFlight.dec();
      requests.inc({ operation, status });
    },
    took: (operation, seconds) => duration.observe({ operation }, seconds),
    streams: (change) => open.inc(change),
  };
}
