import type { Headers } from '@holdfast/core';
import { trace, TraceFlags, type Context, type Tracer } from '@opentelemetry/api';

/** The number of topics to remember per context. */
const maxTopics = 100;

/**
 * Caches the headers of records whose context is not sampled. The SDK is called once per context
 * and topic, because a call per record costs as much as everything else that is done for a record.
 */
export class UnsampledHeaders {
  private context: Context | undefined;
  private tracer: Tracer | undefined;
  private readonly byTopic = new Map<string, Readonly<Headers> | undefined>();

  /** The decision of one tracer does not hold for another. */
  has(context: Context, tracer: Tracer | undefined, topic: string): boolean {
    return context === this.context && tracer === this.tracer && this.byTopic.has(topic);
  }

  get(topic: string): Readonly<Headers> | undefined {
    return this.byTopic.get(topic);
  }

  set(
    context: Context,
    tracer: Tracer | undefined,
    topic: string,
    headers: Readonly<Headers> | undefined,
  ): void {
    const isOther = context !== this.context || tracer !== this.tracer;
    if (isOther || this.byTopic.size >= maxTopics) this.byTopic.clear();
    this.context = context;
    this.tracer = tracer;
    this.byTopic.set(topic, headers);
  }
}

/** Returns whether the whole trace of a context was decided not to be sampled. */
export function isOfUnsampledTrace(context: Context): boolean {
  const parent = trace.getSpanContext(context);
  if (parent === undefined || !trace.isSpanContextValid(parent)) return false;
  return (parent.traceFlags & TraceFlags.SAMPLED) === 0;
}
