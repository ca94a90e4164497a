import type { Headers } from '@holdfast/core';
import { trace, TraceFlags, type Context, type Tracer } from '@opentelemetry/api';

/** Of one context; beyond, they are asked for anew. */
const mostTopics = 100;

/**
 * The headers that the records of one context carry as long as nobody samples them. The SDK is asked once for a context and a topic:
 * to ask it for each record costs as much as all the rest that is done for a record.
 */
export class CarriedUnsampled {
  private context: Context | undefined;
  private tracer: Tracer | undefined;
  private readonly byTopic = new Map<string, Readonly<Headers> | undefined>();

  /** What a tracer has said does not hold for another one. */
  has(context: Context, tracer: Tracer | undefined, topic: string): boolean {
    return context === this.context && tracer === this.tracer && this.byTopic.has(topic);
  }

  get(topic: string): Readonly<Headers> | undefined {
    return this.byTopic.get(topic);
  }

  note(
    context: Context,
    tracer: Tracer | undefined,
    topic: string,
    headers: Readonly<Headers> | undefined,
  ): void {
    const isOther = context !== this.context || tracer !== this.tracer;
    if (isOther || this.byTopic.size >= mostTopics) this.byTopic.clear();
    this.context = context;
    this.tracer = tracer;
    this.byTopic.set(topic, headers);
  }
}

/** The decision not to sample was made before, for the whole trace. */
export function isOfUnsampledTrace(context: Context): boolean {
  const parent = trace.getSpanContext(context);
  if (parent === undefined || !trace.isSpanContextValid(parent)) return false;
  return (parent.traceFlags & TraceFlags.SAMPLED) === 0;
}
