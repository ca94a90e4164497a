import { context, propagation, trace, type TextMapPropagator } from '@opentelemetry/api';
import { SimpleSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { falseOrAnObject, tracesProblems } from './options.js';
import {
  headersIn,
  idsIn,
  registerPropagation,
  registerSdk,
  remote,
  remoteSpan,
  sendAll,
  traced,
} from './traces.fixture.js';

const orders = [
  { topic: 'orders', value: 'a' },
  { topic: 'orders', value: 'b' },
];

describe('without an SDK', () => {
  it('and without a propagator, changes no record and listens to nothing', async () => {
    let listens = 0;
    const world = await traced([], {
      use: [
        {
          name: 'spy',
          bind: (next, env) => ({
            send(batch, settle) {
              if (env.events.has('attempt')) listens++;
              for (const { record } of batch) if (record.hasHeaders) listens++;
              next(batch, settle);
            },
          }),
        },
      ],
    });
    await sendAll(world, orders);
    expect(listens).toBe(0);
  });

  it("writes the caller's context into the headers if a propagator is registered, as any instrumentation does", async () => {
    registerPropagation();
    const world = await traced();
    await context.with(remote(true), () => sendAll(world, orders));
    expect(headersIn(world).map(idsIn)).toEqual(Array(2).fill(`${remoteSpan.traceId} ${remoteSpan.spanId}`));
    await sendAll(await traced(), orders);
  });

  it('and without a context, writes no header, whatever propagator is registered', async () => {
    registerPropagation();
    const world = await traced();
    await sendAll(world, orders);
    expect(headersIn(world)).toEqual([{}, {}]);
  });
});

describe('an SDK that is registered late', () => {
  it('gets the spans of records that are sent from then on', async () => {
    registerPropagation();
    const world = await traced();
    await context.with(remote(true), () => sendAll(world, orders));
    const caller = remote(true);
    await context.with(caller, () => sendAll(world, orders));
    const exporter = registerSdk();
    await context.with(caller, () => sendAll(world, orders));
    expect(
      exporter
        .getFinishedSpans()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['create orders', 'create orders', 'send orders']);
  });
});

describe('an error does not affect the chain, and is reported once', () => {
  const thrower = (): never => {
    throw new TypeError('broken');
  };
  const broken: SpanProcessor = {
    onStart: () => undefined,
    onEnd: thrower,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const propagator = (part: Partial<TextMapPropagator>): TextMapPropagator => ({
    inject: () => undefined,
    extract: (given) => given,
    fields: () => ['traceparent'],
    ...part,
  });

  /**
   * `heard`: how often the event `callbackError` is emitted. None when it throws before anybody can
   * listen.
   */
  it.each<{ what: string; register: () => void; heard?: number }>([
    {
      what: 'a processor at the start of a span',
      register: () => void registerSdk({ processor: { ...broken, onStart: thrower } }),
    },
    { what: 'a processor at the end of a span', register: () => void registerSdk({ processor: broken }) },
    { what: 'a sampler', register: () => void registerSdk({ sampler: { shouldSample: thrower } }) },
    { what: 'a propagator that injects', register: () => usePropagator({ inject: thrower }) },
    { what: 'a propagator that extracts', register: () => usePropagator({ extract: thrower }) },
    { what: 'a propagator that is asked for its fields', register: () => usePropagator({ fields: thrower }) },
    { what: 'a tracer provider', register: () => useProvider(), heard: 0 },
  ])('$what', async ({ register, heard = 1 }) => {
    register();
    const world = await traced();
    const traceparent = `00-${remoteSpan.traceId}-${remoteSpan.spanId}-01`;
    const violations: unknown[] = [];
    world.producer.on('violation', (violation) => violations.push(violation));
    const thrown: unknown[] = [];
    world.producer.on('callbackError', ({ error }) => thrown.push(error));
    for (let i = 0; i < 3; i++) {
      const outcomes = world.producer.sendBatch([
        ...orders,
        { topic: 'orders', value: 'c', headers: { traceparent } },
        { topic: 'orders', value: 'd', headers: { source: 'web' } },
      ]);
      await world.clock.advance(100);
      expect((await outcomes).map(({ status }) => status)).toEqual(Array(4).fill('delivered'));
    }
    expect(violations).toEqual([]);
    expect(thrown).toEqual(Array(heard).fill(new TypeError('broken')));
    const told = world.logger.lines.filter(({ message }) => message.includes('OpenTelemetry threw'));
    expect(told).toEqual([expect.objectContaining({ level: 'error', fields: { error: 'TypeError' } })]);
  });

  function usePropagator(part: Partial<TextMapPropagator>): void {
    registerSdk();
    propagation.disable();
    propagation.setGlobalPropagator(propagator(part));
  }

  function useProvider(): void {
    registerSdk();
    trace.disable();
    trace.setGlobalTracerProvider({ getTracer: thrower });
  }

  it('an exporter: the SDK does not pass its errors on', async () => {
    registerSdk({
      processor: new SimpleSpanProcessor({
        export: (_spans, done) => done({ code: 1, error: new Error('no collector') }),
        shutdown: () => Promise.resolve(),
      }),
    });
    const world = await traced();
    await sendAll(world, orders);
    expect(world.producer.stats()).toMatchObject({ delivered: 2 });
  });
});

describe('the option traces', () => {
  const problemsOf = (traces: unknown): string[] => {
    const problem = falseOrAnObject(traces);
    const inside: unknown = Reflect.apply(tracesProblems, undefined, [traces]);
    return [
      ...(problem === undefined ? [] : [problem]),
      ...(Array.isArray(inside) ? inside.map(String) : []),
    ];
  };

  it.each([false, {}, { create: true }, { create: false, propagate: 'sampled' }])('may be %j', (traces) => {
    expect(problemsOf(traces)).toEqual([]);
  });

  it.each([
    { traces: true, problems: ['must be false or an object'] },
    { traces: 'yes', problems: ['must be false or an object'] },
    {
      traces: { create: 1, links: 3, propagate: 'some' },
      problems: [
        "traces: 'create' must be true | false",
        "traces: unknown option 'links': traces has create, propagate",
        "traces: 'propagate' must be 'all' | 'sampled'",
      ],
    },
  ])('is refused as $traces', ({ traces, problems }) => {
    expect(problemsOf(traces)).toEqual(problems);
  });
});
