import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refused } from '../../core/errors/refused.ts';
import { traced, traceparentOf } from './trace.ts';

interface Seen {
  readonly name: string;
  status?: object;
  ended: number;
}

/** A tracer that keeps what it is told. */
function keepingTracer(spans: Seen[]): Tracer {
  const begin = (name: string) => {
    const seen: Seen = { name, ended: 0 };
    spans.push(seen);
    const span: Partial<Span> = {
      setStatus: (status) => {
        seen.status = status;
        return span as Span;
      },
      end: () => {
        seen.ended += 1;
      },
    };
    return span as Span;
  };
  const startActiveSpan = (name: string, ...rest: unknown[]) =>
    (rest.at(-1) as (span: Span) => unknown)(begin(name));
  return { startSpan: begin, startActiveSpan } as Tracer;
}

describe('a traced operation', () => {
  let spans: Seen[];
  beforeEach(() => {
    spans = [];
    trace.setGlobalTracerProvider({ getTracer: () => keepingTracer(spans) });
  });
  afterEach(() => trace.disable());

  test('has one span of its name, which ends', async () => {
    expect(await traced('job.get', {}, async () => 7)).toBe(7);
    expect(spans).toEqual([{ name: 'job.get', ended: 1 }]);
  });

  test.each([
    {
      what: 'a refusal',
      error: new Refused('job.not_found', { job: 'secret-name' }),
      message: 'job.not_found',
    },
    { what: 'a defect', error: new Error('hunter2'), message: 'internal' },
  ])('says of $what only its code', async ({ error, message }) => {
    await expect(traced('job.get', {}, () => Promise.reject(error))).rejects.toBe(error);
    expect(spans).toEqual([{ name: 'job.get', ended: 1, status: { code: SpanStatusCode.ERROR, message } }]);
  });

  test('works without any tracing set up', async () => {
    trace.disable();
    expect(await traced('job.get', { traceparent: 'nonsense' }, async () => 7)).toBe(7);
  });
});

describe('the traceparent of a request', () => {
  const well = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  test.each([
    { what: 'is taken as it came', traceparent: well, want: well },
    { what: 'that is absent is none', traceparent: undefined, want: undefined },
    {
      what: 'of a later version is taken',
      traceparent: well.replace('00-', '01-'),
      want: well.replace('00-', '01-'),
    },
    { what: 'of the forbidden version is none', traceparent: well.replace('00-', 'ff-'), want: undefined },
    {
      what: 'without a trace is none',
      traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      want: undefined,
    },
    { what: 'with more behind it is none', traceparent: `${well}\nx`, want: undefined },
    { what: 'in capitals is none', traceparent: well.toUpperCase(), want: undefined },
  ])('$what', ({ traceparent, want }) => {
    expect(traceparentOf({ traceparent })).toBe(want);
  });
});
