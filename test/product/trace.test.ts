/** One trace from the request to the member, sent to a collector of the test's own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Product, until } from './product.ts';

interface Span {
  readonly traceId: string;
  readonly name: string;
}

interface Sent {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

/** Takes what an OTLP exporter sends as JSON. */
async function collector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const body = (await new Response(request as never).json()) as Sent;
    for (const { scopeSpans } of body.resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { spans, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

test('a submission, its wait, its attempt and its members are one trace, and members know it', async () => {
  const otlp = await collector();
  const product = await Product.start({
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  try {
    await product.submit('traced', {
      command: ['sh', '-c', 'echo "$TRACEPARENT"'],
      resources: { cpu: '50m' },
    });
    await product.reaches('traced', ['succeeded']);
    const told = (await product.logs('traced')).trim();
    const traceId = told.split('-')[1] ?? '';
    expect(told).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const names = () => otlp.spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
    await until(
      'the whole trace has arrived',
      () => names().length >= 4,
      () => names().join(),
    );
    expect(names().toSorted()).toEqual(['attempt', 'job.queued', 'job.submit', 'member']);
  } finally {
    await product.end();
    otlp.close();
  }
});
