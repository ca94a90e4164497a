import type { ProducerError } from '@holdfast/core';
import type { Attempt, Attempted, Clock } from '@holdfast/core/stage';
import { ROOT_CONTEXT, SpanKind, trace, type Attributes, type Link, type Tracer } from '@opentelemetry/api';
import { common, markFailed, names, placeOf } from './attributes.js';
import { maySampled, sampledContext } from './propagation.js';
import { serverOf } from './server.js';
import { spanTime } from './span-time.js';

/** What the SDK keeps of a span by default: https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits */
const mostLinks = 128;

/** The records of one settlement for one partition that ended the same way. */
interface Group {
  readonly topic: string;
  readonly partition: number | undefined;
  readonly error: ProducerError | undefined;
  readonly first: Attempted;
  records: number;
  readonly links: Link[];
}

/**
 * A span for each request that has a sampled record, made when the adapter has settled it. The records' own headers say what it links
 * to, so that this works after a crash as well.
 */
export class SendSpans {
  constructor(
    private readonly clock: Clock,
    private readonly clientId: { readonly value: string },
  ) {}

  settled(attempt: Attempt, tracer: Tracer): void {
    if (!attempt.settled.some(isSampled)) return;
    const end = this.clock.wallTime();
    for (const group of groupsOf(attempt.settled)) {
      if (group.links.length > 0) this.span(group, attempt, end, tracer);
    }
  }

  private span(group: Group, { servers, durationMs }: Attempt, end: number, tracer: Tracer): void {
    const { topic, partition, error, records, links, first } = group;
    const attributes: Attributes = {
      ...common('send', topic, this.clientId.value),
      ...serverOf(servers),
    };
    if (partition !== undefined) attributes[names.partition] = String(partition);
    if (records > 1) attributes[names.batchCount] = records;
    else Object.assign(attributes, placeOf(first.outcome));
    // As a child, it is sampled with the first record; a root would be sampled by itself, and mostly missing.
    const [parent] = links;
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent.context);
    const startTime = spanTime(end - durationMs);
    const span = tracer.startSpan(
      `send ${topic}`,
      { kind: SpanKind.CLIENT, attributes, links, startTime },
      context,
    );
    if (error !== undefined) markFailed(span, error);
    span.end(spanTime(end));
  }
}

const isSampled = ({ record }: Attempted): boolean => record.hasHeaders && maySampled(record.headers);

function groupsOf(settled: readonly Attempted[]): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  for (const one of settled) {
    // Those of a partition stand together, mostly.
    if (group === undefined || !belongs(one, group)) group = groups.find((other) => belongs(one, other));
    if (group === undefined) groups.push((group = groupOf(one)));
    group.records++;
    if (group.links.length === mostLinks || !isSampled(one)) continue;
    const context = sampledContext(one.record.headers);
    if (context !== undefined) group.links.push({ context });
  }
  return groups;
}

const groupOf = (one: Attempted): Group => ({
  topic: one.record.topic,
  partition: partitionOf(one),
  error: errorOf(one),
  first: one,
  records: 0,
  links: [],
});

const belongs = (one: Attempted, group: Group): boolean =>
  one.record.topic === group.topic &&
  partitionOf(one) === group.partition &&
  errorOf(one)?.code === group.error?.code;

const partitionOf = ({ outcome, record }: Attempted): number | undefined =>
  outcome?.status === 'delivered' ? outcome.partition : record.partition;

const errorOf = ({ outcome }: Attempted): ProducerError | undefined =>
  outcome !== undefined && 'error' in outcome ? outcome.error : undefined;
