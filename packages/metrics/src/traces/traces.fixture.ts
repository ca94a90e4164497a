import { createProducer, type Bytes, type Producer, type ProducerOptions } from '@holdfast/core';
import {
  fakeClock,
  recordingLogger,
  scriptedAdapter,
  type FakeClock,
  type RecordingLogger,
  type Script,
  type ScriptedAdapter,
} from '@holdfast/testing';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';
import { metrics } from '../metrics.js';
import type { TracesOptions } from './options.js';

export interface SdkOptions {
  /** Default: every span. */
  readonly sampler?: Sampler;
  readonly processor?: SpanProcessor;
}

/**
 * Registers what an application does: a context manager, W3C propagators, and an SDK that keeps its
 * spans in memory.
 */
export function registerSdk({ sampler, processor }: SdkOptions = {}): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  registerPropagation();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({
      ...(sampler === undefined ? {} : { sampler }),
      spanProcessors: [processor ?? new SimpleSpanProcessor(exporter)],
    }),
  );
  onTestFinished(() => trace.disable());
  return exporter;
}

/** Registers a context manager and a propagator, and no SDK. */
export function registerPropagation(propagator: TextMapPropagator = w3c()): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(propagator);
  onTestFinished(() => {
    context.disable();
    propagation.disable();
  });
}

const w3c = (): TextMapPropagator =>
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });

/** Returns the context of a caller in another process, of a trace that is sampled or not. */
export const remote = (sampled: boolean): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { ...remoteSpan, traceFlags: sampled ? 1 : 0 });

export const remoteSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  isRemote: true,
};

export interface Traced {
  readonly producer: Producer;
  readonly adapter: ScriptedAdapter;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
}

/** Creates a producer that traces, over a scripted adapter, on a fake clock. */
export async function traced(
  script: Script = [],
  {
    traces = {},
    ...options
  }: Partial<ProducerOptions<Bytes, Bytes>> & { readonly traces?: false | TracesOptions } = {},
): Promise<Traced> {
  const clock = fakeClock();
  const logger = recordingLogger();
  const adapter = Object.assign(scriptedAdapter({ clock, script }), { servers: ['kafka-1:9092'] });
  const producer = await createProducer({
    adapter,
    env: { clock, logger },
    ...options,
    use: [metrics({ clientId: 'traced', traces }), ...(options.use ?? [])],
  });
  onTestFinished(async () => void (await producer.close({ timeoutMs: 0 })));
  return { producer, adapter, clock, logger };
}

/** Sends the records together, and advances the clock until each has its outcome. */
export async function sendAll(
  { producer, clock }: Traced,
  records: Parameters<Producer['sendBatch']>[0],
): Promise<void> {
  const outcomes = producer.sendBatch(records);
  await clock.advance(10_000);
  await outcomes;
}

/** Returns the headers in the topic, record by record. */
export const headersIn = ({ adapter }: Traced): { readonly [name: string]: unknown }[] =>
  adapter.log.messages().map(({ headers }) => headers);

export const called = (exporter: InMemorySpanExporter, name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);

export const ids = ({ traceId, spanId }: SpanContext): string => `${traceId} ${spanId}`;

/** Returns the same as {@link ids}, for a header `traceparent`. */
export const idsIn = (headers: { readonly [name: string]: unknown } | undefined): string => {
  const [, traceId, spanId] = String(headers?.['traceparent']).split('-');
  return `${traceId} ${spanId}`;
};
