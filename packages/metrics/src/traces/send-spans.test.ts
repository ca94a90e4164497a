import { retry } from '@holdfast/retry';
import { context, propagation, SpanKind, SpanStatusCode, type TextMapPropagator } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  SamplingDecision,
  type InMemorySpanExporter,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { called, ids, registerSdk, remote, remoteSpan, sendAll, traced } from './traces.fixture.js';

interface Given {
  topic: string;
  key: string;
  value: string;
  partition: number;
}

const order = (value: string, partition = 0): Given => ({ topic: 'orders', key: value, value, partition });
const sends = (exporter: InMemorySpanExporter): ReadableSpan[] => called(exporter, 'send orders');
const linksOf = (span: ReadableSpan | undefined): string[] =>
  (span?.links ?? []).map((link) => ids(link.context));
const createsOf = (exporter: InMemorySpanExporter): string[] =>
  called(exporter, 'create orders').map((span) => ids(span.spanContext()));

describe('a send span', () => {
  it('of one record is a child of its create span, links to it, and has the place of the record', async () => {
    const exporter = registerSdk();
    const world = await traced(() => ({ delayMs: 250 }));
    const sentAt = world.clock.wallTime();
    await sendAll(world, [order('a')]);
    const [span] = sends(exporter);
    expect(span?.kind).toBe(SpanKind.CLIENT);
    expect(span?.parentSpanContext?.spanId).toBe(called(exporter, 'create orders')[0]?.spanContext().spanId);
    expect(linksOf(span)).toEqual(createsOf(exporter));
    expect(span?.startTime).toEqual([sentAt / 1_000, 0]);
    expect(span?.duration).toEqual([0, 250_000_000]);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toEqual({
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.client.id': 'traced',
      'messaging.destination.name': 'orders',
      'messaging.destination.partition.id': '0',
      'messaging.kafka.offset': 0,
      'server.address': 'kafka-1',
      'server.port': 9092,
    });
  });

  it('exists once per partition of a request, and links to each of its records', async () => {
    const exporter = registerSdk();
    await sendAll(await traced(), [order('a', 0), order('b', 1), order('c', 0)]);
    const spans = sends(exporter);
    expect(spans.map(({ attributes }) => attributes['messaging.destination.partition.id']).sort()).toEqual([
      '0',
      '1',
    ]);
    expect(spans.map(({ attributes }) => attributes['messaging.batch.message_count']).sort()).toEqual([
      2,
      undefined,
    ]);
    expect(spans.flatMap(linksOf).sort()).toEqual(createsOf(exporter).sort());
  });

  it('exists once per attempt; one that failed has the error, and the next one links to the same record', async () => {
    const exporter = registerSdk();
    await sendAll(await traced([{ outcome: 'failed' }], { use: [retry()] }), [order('a')]);
    const [failure, success] = sends(exporter);
    expect(failure?.attributes['error.type']).toBe('LEADER_UNAVAILABLE');
    expect(failure?.status.code).toBe(SpanStatusCode.ERROR);
    expect(success?.attributes['error.type']).toBeUndefined();
    expect(success?.status.code).toBe(SpanStatusCode.UNSET);
    expect(linksOf(failure)).toEqual(createsOf(exporter));
    expect(linksOf(success)).toEqual(createsOf(exporter));
  });

  it('separates failed records from those delivered in the same settlement', async () => {
    const exporter = registerSdk();
    await sendAll(await traced([[{}, { outcome: 'unknown' }]]), [order('a'), order('b')]);
    expect(
      sends(exporter)
        .map(({ attributes }) => attributes['error.type'])
        .sort(),
    ).toEqual(['REQUEST_TIMED_OUT', undefined]);
  });

  it('links to at most 128 records, and counts all', async () => {
    const exporter = registerSdk();
    await sendAll(
      await traced(),
      Array.from({ length: 200 }, (_, index) => order(`v${index}`)),
    );
    const [span] = sends(exporter);
    expect(span?.links).toHaveLength(128);
    expect(span?.attributes['messaging.batch.message_count']).toBe(200);
  });

  it('links to the context in the headers of a record, whoever wrote it, as text or as bytes', async () => {
    const exporter = registerSdk();
    const traceparent = `00-${remoteSpan.traceId}-${remoteSpan.spanId}-01`;
    const world = await traced();
    for (const carried of [traceparent, Buffer.from(traceparent), [Buffer.from(traceparent)]]) {
      await sendAll(world, [{ ...order('a'), headers: { traceparent: carried } }]);
    }
    expect(sends(exporter).flatMap(linksOf)).toEqual(
      Array(3).fill(`${remoteSpan.traceId} ${remoteSpan.spanId}`),
    );
    expect(createsOf(exporter)).toEqual([]);
  });

  it('exists with create: false, too, and links to the caller', async () => {
    const exporter = registerSdk();
    const world = await traced([], { traces: { create: false } });
    await context.with(remote(true), () => sendAll(world, [order('a')]));
    expect(sends(exporter).flatMap(linksOf)).toEqual([`${remoteSpan.traceId} ${remoteSpan.spanId}`]);
  });

  it('does not exist for a request without a sampled record, and otherwise links to the sampled ones', async () => {
    let asked = 0;
    const exporter = registerSdk({
      sampler: new ParentBasedSampler({
        root: {
          shouldSample: () => ({
            decision: asked++ === 1 ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
          }),
        },
      }),
    });
    const world = await traced();
    await sendAll(world, [order('a')]);
    expect(exporter.getFinishedSpans()).toEqual([]);
    await sendAll(world, [order('b'), order('c'), order('d')]);
    const [span] = sends(exporter);
    expect(span?.attributes['messaging.batch.message_count']).toBe(3);
    expect(linksOf(span)).toEqual(createsOf(exporter));
    expect(createsOf(exporter)).toHaveLength(1);
  });
});

it('does not parse headers of unsampled traces, as text or as bytes', async () => {
  registerSdk();
  let parsed = 0;
  const counting: TextMapPropagator = {
    inject: () => undefined,
    extract: (given) => (parsed++, given),
    fields: () => ['traceparent', 'x-other'],
  };
  propagation.disable();
  propagation.setGlobalPropagator(counting);
  const world = await traced();
  const headersOf = (flags: string): { traceparent: string | Uint8Array }[] => {
    const text = `00-${remoteSpan.traceId}-${remoteSpan.spanId}-${flags}`;
    return [{ traceparent: text }, { traceparent: Buffer.from(text) }];
  };
  for (const flags of ['00', '02', '0a', '']) {
    for (const headers of headersOf(flags)) await sendAll(world, [{ ...order('a'), headers }]);
  }
  await sendAll(world, [{ ...order('a'), headers: { source: 'web' } }]);
  expect(parsed).toBe(0);
  for (const flags of ['01', '03', '0b']) {
    for (const headers of headersOf(flags)) await sendAll(world, [{ ...order('a'), headers }]);
  }
  await sendAll(world, [{ ...order('a'), headers: { 'x-other': '1' } }]);
  expect(parsed).toBe(7);
});
