/**
 * On a real Kafka: a trace continues after kill -9, and an instrumented client counts nothing
 * twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import { createProducer } from '@holdfast/core';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { readTopic } from '@holdfast/testing';
import { context, metrics as metricsApi, trace } from '@opentelemetry/api';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { metrics } from '../src/index.js';
import { called, idsIn, registerSdk, remote, remoteSpan } from '../src/traces/traces.fixture.js';
import { Life, type ToldSpan } from './crash.fixture.js';

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ brokers: 1, require: 'real' });
});
afterAll(() => cluster?.down());

/** Fails for a record that has a header twice. */
const headersIn = async (topic: string): Promise<{ readonly [name: string]: string }[]> =>
  (await readTopic(cluster.brokers, topic)).map(({ headers }) => {
    expect(new Set(headers.map(([name]) => name)).size).toBe(headers.length);
    return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
  });

const named = (spans: readonly ToldSpan[], name: string): readonly ToldSpan[] =>
  spans.filter((span) => span.name === name);

describe.each(['kafkajs', 'confluent'] as const)('a trace over %s', (client) => {
  it('survives kill -9: the topic has the context from before it, and the span after it links to that', async () => {
    const topic = `crash-${client}`;
    await cluster.createTopic(topic, { partitions: 2 });
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-traces-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const { brokers } = cluster;
    await cluster.pause(1);

    const before = new Life({ client, brokers, topic, directory, values: ['a', 'b', 'c'] });
    const spansBefore = await before.done.finally(() => before.kill());
    expect(await before.ended).toBe('SIGKILL');
    const [request] = named(spansBefore, 'request');
    const created = named(spansBefore, `create ${topic}`).map(({ id }) => id);
    expect(created).toHaveLength(3);
    const traceId = request?.id.split('-')[0] ?? 'no request';
    for (const id of created) expect(id).toContain(traceId);
    expect(named(spansBefore, `send ${topic}`).filter(({ errorType }) => errorType === undefined)).toEqual(
      [],
    );

    await cluster.resume(1);
    const after = new Life({ client, brokers, topic, directory, values: [] });
    const spansAfter = await after.done;
    expect(await after.ended).toBe(0);

    const headers = await headersIn(topic);
    expect(headers.map(({ traceparent }) => traceparent).sort()).toEqual(
      created.map((id) => `00-${id}-01`).sort(),
    );
    expect(headers.map(({ baggage }) => baggage)).toEqual(Array(3).fill('tenant=blue'));
    const sent = named(spansAfter, `send ${topic}`).filter(({ errorType }) => errorType === undefined);
    expect(sent.flatMap(({ links }) => links).sort()).toEqual(created.toSorted());
    for (const { id } of sent) expect(id).toContain(traceId);
    expect(named(spansAfter, `create ${topic}`)).toEqual([]);
  });
});

describe('over an instrumented kafkajs', () => {
  const ours = '@holdfast/metrics';
  const theirs = '@opentelemetry/instrumentation-kafkajs';

  it('produces one set of spans, one context in the headers, and one count of sent records', async () => {
    const topic = 'instrumented';
    await cluster.createTopic(topic, { partitions: 1 });
    const exporter = registerSdk();
    const counted = meterProvider();
    const instrumentation = new KafkaJsInstrumentation();
    onTestFinished(() => instrumentation.disable());
    instrumentation.setTracerProvider(trace.getTracerProvider());
    createRequire(import.meta.url)('kafkajs'); // its hook is on `require`, and patches the module that `import` has loaded
    const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
    const spansOf = (scope: string): number =>
      exporter.getFinishedSpans().filter(({ instrumentationScope }) => instrumentationScope.name === scope)
        .length;

    const raw = kafka.producer();
    await raw.connect();
    await raw.send({ topic, messages: [{ value: 'by kafkajs alone' }] });
    await raw.disconnect();
    expect(spansOf(theirs)).toBe(1);
    expect(await counted(theirs)).toBe(1);

    await using producer = await createProducer({ adapter: kafkajsAdapter(kafka), use: [metrics()] });
    await context.with(remote(true), () =>
      producer.sendBatch(Array.from({ length: 5 }, (_, index) => ({ topic, value: `v${index}` }))),
    );
    expect(spansOf(theirs)).toBe(1);
    expect(await counted(theirs)).toBe(1);
    expect(called(exporter, `create ${topic}`)).toHaveLength(5);
    expect(called(exporter, `send ${topic}`)).toHaveLength(2);
    expect(spansOf(ours)).toBe(6);
    expect(await counted(ours)).toBe(5);
    const headers = (await headersIn(topic)).slice(1);
    expect(headers.map(idsIn).sort()).toEqual(
      called(exporter, `create ${topic}`)
        .map((span) => `${remoteSpan.traceId} ${span.spanContext().spanId}`)
        .sort(),
    );
  });
});

/** Returns how many messages a scope counts as sent. */
function meterProvider(): (scope: string) => Promise<number> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metricsApi.setGlobalMeterProvider(provider);
  onTestFinished(async () => {
    metricsApi.disable();
    await provider.shutdown();
  });
  return async (name) => {
    exporter.reset();
    await provider.forceFlush();
    return exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .filter(({ scope }) => scope.name === name)
      .flatMap(({ metrics: all }) => all)
      .filter(({ descriptor }) => descriptor.name === 'messaging.client.sent.messages')
      .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => Number(value)))
      .reduce((sum, value) => sum + value, 0);
  };
}
