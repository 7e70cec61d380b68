/**
 * Traces by OTLP, switched on by the standard variable OTEL_EXPORTER_OTLP_ENDPOINT (or its _TRACES_ form);
 * the SDK is loaded only then, because it takes a quarter of a second.
 */
import { VERSION } from '../core/version.ts';

export interface Telemetry {
  /** Sends what is left. */
  close(): Promise<void>;
}

const OFF: Telemetry = { close: async () => {} };

export async function startTelemetry(env: Readonly<Record<string, string | undefined>>): Promise<Telemetry> {
  const on = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (!on || env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return OFF;
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': env.OTEL_SERVICE_NAME ?? 'capstan',
      'service.version': VERSION,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return { close: () => provider.shutdown().catch(() => undefined) };
}
