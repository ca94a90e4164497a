import { ProducerError, type Middleware, type Outcome } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  SamplingDecision,
  type InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import {
  called,
  headersIn,
  ids,
  idsIn,
  registerSdk,
  remote,
  remoteSpan,
  sendAll,
  traced,
} from './traces.fixture.js';

const orders = (...values: string[]): { topic: string; key: string; value: string }[] =>
  values.map((value) => ({ topic: 'orders', key: value, value }));

const creates = (exporter: InMemorySpanExporter): ReadableSpan[] => called(exporter, 'create orders');

/** Settles everything inside `send` with one outcome. */
const ending = (outcome: Outcome): Middleware => ({
  name: 'ending',
  bind: () => ({
    send(batch, settle) {
      for (const delivery of batch) delivery.outcome = outcome;
      settle(batch);
    },
  }),
});

/** A stage without room until the test makes some. */
function closedGate(): { readonly middleware: Middleware; open(): void } {
  let open = (): void => undefined;
  let room: Promise<void> | undefined = new Promise((resolve) => {
    open = () => {
      room = undefined;
      resolve();
    };
  });
  return {
    middleware: { name: 'gate', bind: (next) => ({ send: next, ready: () => room }) },
    open: () => open(),
  };
}

describe('a create span', () => {
  it('exists for each record, as a child of the span that is active when send is called', async () => {
    const exporter = registerSdk();
    const world = await traced();
    await context.with(remote(true), () => sendAll(world, orders('a', 'b')));
    const spans = creates(exporter);
    expect(spans).toHaveLength(2);
    for (const span of spans) {
      expect(span.kind).toBe(SpanKind.PRODUCER);
      expect(span.parentSpanContext).toMatchObject(remoteSpan);
      expect(span.status.code).toBe(SpanStatusCode.UNSET);
      expect(span.attributes).toMatchObject({
        'messaging.system': 'kafka',
        'messaging.operation.name': 'create',
        'messaging.operation.type': 'create',
        'messaging.destination.name': 'orders',
        'messaging.client.id': 'traced',
        'holdfast.outcome': 'delivered',
      });
    }
    const places = world.adapter.log.messages('orders').map(({ partition, offset }) => ({
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': offset,
    }));
    for (const place of places) {
      expect(spans.map(({ attributes }) => attributes)).toContainEqual(expect.objectContaining(place));
    }
  });

  it('begins a trace of its own when no span is active', async () => {
    const exporter = registerSdk();
    await sendAll(await traced(), orders('a', 'b'));
    const spans = creates(exporter);
    expect(spans.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(2);
  });

  it("lasts from send to the outcome by the producer's clock, even if the wall clock jumps", async () => {
    const exporter = registerSdk();
    const world = await traced(() => ({ delayMs: 1_500 }));
    const sentAt = world.clock.wallTime();
    const sent = world.producer.send({ topic: 'orders', value: 'a' });
    world.clock.jumpWallTime(-3_600_000);
    await world.clock.advance(1_500);
    await sent;
    const [span] = creates(exporter);
    expect(span?.startTime).toEqual([sentAt / 1_000, 0]);
    expect(span?.duration).toEqual([1, 500_000_000]);
  });

  it('begins with the call of send, in the context of its caller, for a record that waits for room', async () => {
    const exporter = registerSdk();
    const gate = closedGate();
    const world = await traced([], { use: [gate.middleware] });
    const sentAt = world.clock.wallTime();
    const first = world.producer.send({ topic: 'orders', value: 'nobody’s' });
    const second = context.with(remote(true), () => world.producer.send({ topic: 'orders', value: 'a' }));
    await world.clock.advance(2_000);
    gate.open();
    await world.clock.advance(1);
    await Promise.all([first, second]);
    const spans = creates(exporter);
    expect(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      undefined,
      remoteSpan.spanId,
    ]);
    expect(spans.map(({ startTime }) => startTime)).toEqual(Array(2).fill([sentAt / 1_000, 0]));
  });

  it('has attributes for a tombstone and for a requested partition', async () => {
    const exporter = registerSdk();
    await sendAll(await traced([], { use: [ending(failed(new ProducerError('CLOSED', 'shut')))] }), [
      { topic: 'orders', key: 'a', value: null, partition: 2 },
    ]);
    expect(creates(exporter)[0]?.attributes).toMatchObject({
      'messaging.kafka.message.tombstone': true,
      'messaging.destination.partition.id': '2',
    });
  });

  const error = new ProducerError('RECORD_TOO_LARGE', 'larger than the topic takes');
  it.each<{ outcome: Outcome; isError: boolean }>([
    { outcome: failed(error), isError: true },
    { outcome: unknown(error), isError: true },
    { outcome: { status: 'dead-lettered', to: 'orders.dlq', error }, isError: true },
    { outcome: { status: 'accepted', by: 'journal' }, isError: false },
  ])('ends with what became of the record: $outcome.status', async ({ outcome, isError }) => {
    const exporter = registerSdk();
    await sendAll(await traced([], { use: [ending(outcome)] }), orders('a'));
    const [span] = creates(exporter);
    expect(span?.attributes['holdfast.outcome']).toBe(outcome.status);
    expect(span?.attributes['error.type']).toBe(isError ? 'RECORD_TOO_LARGE' : undefined);
    expect(span?.status).toEqual(
      isError ? { code: SpanStatusCode.ERROR, message: error.message } : { code: SpanStatusCode.UNSET },
    );
  });

  it('ends when the producer closes, if no stage has settled its record', async () => {
    const exporter = registerSdk();
    const { producer, clock } = await traced(() => ({ fault: 'never' }));
    producer.fireAndForget({ topic: 'orders', value: 'nobody waits' });
    const waiting = producer.send({ topic: 'orders', value: 'a' });
    waiting.catch(() => undefined);
    expect(creates(exporter)).toHaveLength(0);
    await clock.until(producer.close({ timeoutMs: 10 }).catch(() => undefined));
    expect(creates(exporter).map(({ status }) => status.code)).toEqual(Array(2).fill(SpanStatusCode.ERROR));
    expect(creates(exporter)[0]?.attributes['error.type']).toBe('CLOSE_TIMEOUT');
  });

  it('does not exist with create: false; the record carries the context of its caller', async () => {
    const exporter = registerSdk();
    const world = await traced([], { traces: { create: false } });
    await context.with(remote(true), () => sendAll(world, orders('a', 'b')));
    expect(creates(exporter)).toEqual([]);
    expect(headersIn(world).map(idsIn)).toEqual(Array(2).fill(`${remoteSpan.traceId} ${remoteSpan.spanId}`));
  });

  it('does not exist, nor any header, with traces: false', async () => {
    const exporter = registerSdk();
    const world = await traced([], { traces: false });
    await context.with(remote(true), () => sendAll(world, orders('a')));
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(headersIn(world)).toEqual([{}]);
  });
});

describe('the headers of a record', () => {
  const withBaggage = propagation.setBaggage(
    remote(true),
    propagation.createBaggage({ tenant: { value: 'blue' } }),
  );

  it('carry the context of its create span and the baggage in addition to its own, which do not change', async () => {
    const exporter = registerSdk();
    const world = await traced();
    const tags = Object.freeze(['x', 'y']);
    const headers = Object.freeze({ source: 'web', tags, baggage: 'mine=1' });
    await context.with(withBaggage, () =>
      sendAll(world, [{ topic: 'orders', value: 'a', headers }, ...orders('b')]),
    );
    expect(headers).toEqual({ source: 'web', tags: ['x', 'y'], baggage: 'mine=1' });
    const [a, b] = creates(exporter);
    const found = headersIn(world);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ ...headers, traceparent: parentOf(a) });
    expect(found).toContainEqual({ baggage: 'tenant=blue', traceparent: parentOf(b) });
  });

  it.each<{ what: string; headers: { [name: string]: string | Uint8Array | string[] } }>([
    { what: 'text', headers: { traceparent: '00-11111111111111111111111111111111-2222222222222222-01' } },
    { what: 'bytes', headers: { traceparent: Buffer.from('00-of-somebody-01') } },
    { what: 'given twice', headers: { traceparent: ['00-a-b-01', '00-c-d-00'] } },
  ])('are left alone, and there is no span, where there is a traceparent: $what', async ({ headers }) => {
    const exporter = registerSdk();
    const world = await traced();
    await context.with(withBaggage, () => sendAll(world, [{ topic: 'orders', value: 'a', headers }]));
    expect(creates(exporter)).toEqual([]);
    expect(headersIn(world)).toEqual([headers]);
  });

  it('stay the same when a failed record is sent again', async () => {
    const exporter = registerSdk();
    const world = await traced([{ outcome: 'failed' }]);
    await sendAll(world, orders('a'));
    const [again] = world.producer.takeFailed();
    if (again === undefined) throw new Error('nothing failed');
    await sendAll(world, [again.record]);
    expect(creates(exporter)).toHaveLength(1);
    expect(headersIn(world).map(idsIn)).toEqual(creates(exporter).map((span) => ids(span.spanContext())));
  });
});

describe('records that are not sampled', () => {
  /** Counts its calls. */
  class Asked implements Sampler {
    times = 0;
    constructor(private readonly decision: SamplingDecision) {}
    shouldSample(): { decision: SamplingDecision } {
      this.times++;
      return { decision: this.decision };
    }
  }

  it('carry the decision and the trace of their caller; the SDK is called once per caller and topic', async () => {
    const sampler = new Asked(SamplingDecision.NOT_RECORD);
    const exporter = registerSdk({ sampler });
    const world = await traced();
    await context.with(remote(false), () => sendAll(world, orders('a', 'b', 'c')));
    expect(sampler.times).toBe(1);
    expect(headersIn(world).map(flagsIn)).toEqual(Array(3).fill(`${remoteSpan.traceId} 00`));
    await context.with(remote(false), () => sendAll(world, [{ topic: 'bills', value: 'd' }]));
    expect(sampler.times).toBe(2);
    expect(exporter.getFinishedSpans()).toEqual([]);
    await context.with(remote(true), () => sendAll(world, orders('e', 'f')));
    expect(sampler.times).toBe(4);
  });

  it.each([true, false])(
    'carry nothing with propagate: sampled, and those that are do (create: %s)',
    async (create) => {
      registerSdk({ sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) });
      const world = await traced([], { traces: { create, propagate: 'sampled' } });
      await sendAll(world, orders('a'));
      await context.with(remote(false), () => sendAll(world, orders('b', 'c')));
      expect(headersIn(world)).toEqual([{}, {}, {}]);
      await context.with(remote(true), () => sendAll(world, orders('d')));
      expect(headersIn(world).map(flagsIn)).toContain(`${remoteSpan.traceId} 01`);
    },
  );

  it('each have headers of their own, so that a stage below may change those of one record', async () => {
    registerSdk({ sampler: new AlwaysOffSampler() });
    const tagging: Middleware = {
      name: 'tagging',
      bind: (next) => ({
        send(batch, settle) {
          for (const { record } of batch) record.headers['tag'] ??= String(record.value);
          next(batch, settle);
        },
      }),
    };
    const world = await traced([], { use: [tagging] });
    await context.with(remote(false), () => sendAll(world, orders('a', 'b')));
    expect(
      headersIn(world)
        .map(({ tag }) => tag)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it('each cause a call of the SDK when each begins a trace, or the sampler samples them regardless', async () => {
    const never = new Asked(SamplingDecision.NOT_RECORD);
    registerSdk({ sampler: new ParentBasedSampler({ root: never }) });
    const world = await traced();
    await sendAll(world, orders('a', 'b', 'c'));
    expect(never.times).toBe(3);
    expect(new Set(headersIn(world).map(idsIn)).size).toBe(3);
    trace.disable();
    const exporter = registerSdk({ sampler: new Asked(SamplingDecision.RECORD_AND_SAMPLED) });
    await context.with(remote(false), () => sendAll(world, orders('d', 'e')));
    expect(creates(exporter)).toHaveLength(2);
  });
});

const parentOf = (span: ReadableSpan | undefined): string =>
  span === undefined ? 'no span' : `00-${ids(span.spanContext()).replace(' ', '-')}-01`;

function flagsIn({ traceparent }: { readonly [name: string]: unknown }): string {
  const [, traceId, , flags] = String(traceparent).split('-');
  return `${traceId} ${flags}`;
}
