import type { Headers, Outcome } from '@holdfast/core';
import type { Clock, Delivery } from '@holdfast/core/stage';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import type { SdkErrors } from '../sdk-errors.js';
import { attributeNames, commonAttributes, markFailed, placeOf } from './attributes.js';
import { addHeaders, carriesContext, headersOf } from './propagation.js';
import { isOfUnsampledTrace, UnsampledHeaders } from './unsampled-headers.js';
import { spanTime } from './span-time.js';

interface OpenSpan {
  readonly span: Span;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** The same moment in monotonic ms. */
  readonly startedAt: number;
}

export interface CreateSpansOptions {
  readonly clock: Clock;
  readonly clientId: { readonly value: string };
  /** Creates spans. Without, records carry the active context. */
  readonly create: boolean;
  readonly propagate: 'all' | 'sampled';
  /** Receives what the SDK or the propagator threw. The record is sent all the same. */
  readonly sdkErrors: SdkErrors;
}

/**
 * Creates a span from `send` to the outcome for each sampled record, and writes the context into
 * the headers of each record.
 */
export class CreateSpans {
  /** Recording spans only, which are few as a rule. */
  private readonly open = new Map<Delivery, OpenSpan>();
  private readonly unsampled = new UnsampledHeaders();

  constructor(private readonly options: CreateSpansOptions) {}

  /** Runs in the context of the caller of `send`. */
  onSend(batch: readonly Delivery[], tracer: Tracer | undefined): void {
    const active = context.active();
    if (active === ROOT_CONTEXT && (tracer === undefined || !this.options.create)) return; // there is nothing to carry
    for (const delivery of batch) {
      const { record } = delivery;
      try {
        if (record.hasHeaders && carriesContext(record.headers)) continue;
        const carried = this.carried(delivery, active, tracer);
        if (carried !== undefined) addHeaders(record, carried);
      } catch (error) {
        this.options.sdkErrors.report(error);
      }
    }
  }

  onSettled(batch: readonly Delivery[]): void {
    if (this.open.size === 0) return;
    for (const delivery of batch) {
      const open = this.open.get(delivery);
      if (open !== undefined) this.end(delivery, open);
    }
  }

  /** Ends the spans of records that no stage has settled, when the producer has closed. */
  endAll(): void {
    for (const [delivery, open] of this.open) this.end(delivery, open);
  }

  private carried(
    delivery: Delivery,
    active: Context,
    tracer: Tracer | undefined,
  ): Readonly<Headers> | undefined {
    const { topic } = delivery.record;
    const { unsampled } = this;
    if (unsampled.has(active, tracer, topic)) return unsampled.get(topic);
    if (tracer === undefined || !this.options.create) {
      const headers = this.isOmitted(trace.getSpanContext(active)) ? undefined : headersOf(active);
      unsampled.set(active, tracer, topic, headers);
      return headers;
    }
    const span = this.start(delivery, active, tracer);
    const headers = this.isOmitted(span.spanContext()) ? undefined : headersOf(trace.setSpan(active, span));
    if (!span.isRecording() && isOfUnsampledTrace(active)) unsampled.set(active, tracer, topic, headers);
    return headers;
  }

  private isOmitted(span: SpanContext | undefined): boolean {
    return this.options.propagate === 'sampled' && ((span?.traceFlags ?? 0) & TraceFlags.SAMPLED) === 0;
  }

  private start(delivery: Delivery, active: Context, tracer: Tracer): Span {
    const { clock, clientId } = this.options;
    const { record, createdAt } = delivery;
    const now = clock.now();
    // The record may have waited for room. If it waited less than a millisecond, its span must not
    // start before the caller's own.
    const startedAt = Math.trunc(now) > createdAt ? createdAt : now;
    const startTime = clock.wallTime() - (now - startedAt);
    const attributes: Attributes = commonAttributes('create', record.topic, clientId.value);
    if (record.partition !== undefined) attributes[attributeNames.partition] = String(record.partition);
    if (record.value === null) attributes[attributeNames.tombstone] = true;
    const options = { kind: SpanKind.PRODUCER, attributes, startTime: spanTime(startTime) };
    const span = tracer.startSpan(`create ${record.topic}`, options, active);
    if (span.isRecording()) this.open.set(delivery, { span, startTime, startedAt });
    return span;
  }

  private end(delivery: Delivery, { span, startTime, startedAt }: OpenSpan): void {
    this.open.delete(delivery);
    try {
      describe(span, delivery.outcome);
      span.end(spanTime(startTime + this.options.clock.now() - startedAt));
    } catch (error) {
      this.options.sdkErrors.report(error);
    }
  }
}

function describe(span: Span, outcome: Outcome | undefined): void {
  if (outcome === undefined) return markFailed(span, neverSettled);
  span.setAttributes({ [attributeNames.outcome]: outcome.status, ...placeOf(outcome) });
  if ('error' in outcome) markFailed(span, outcome.error);
}

const neverSettled = {
  code: 'CLOSE_TIMEOUT',
  message: 'the producer closed before the record had an outcome',
};
