import type { ProducerError } from '@holdfast/core';
import type { Attempt, Attempted, Clock } from '@holdfast/core/stage';
import { ROOT_CONTEXT, SpanKind, trace, type Attributes, type Link, type Tracer } from '@opentelemetry/api';
import { attributeNames, commonAttributes, markFailed, placeOf } from './attributes.js';
import { mayBeSampled, sampledContext } from './propagation.js';
import { serverOf } from './server.js';
import { spanTime } from './span-time.js';

/** The SDK's default limit: https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits */
const maxLinks = 128;

/** The records of one attempt and one partition that ended alike. */
interface Group {
  readonly topic: string;
  readonly partition: number | undefined;
  readonly error: ProducerError | undefined;
  readonly first: Attempted;
  records: number;
  readonly links: Link[];
}

/**
 * Creates a span for each request with a sampled record, once the adapter has settled it. The links
 * of the span come from the headers of the records, so they are there after a crash, too.
 */
export class SendSpans {
  constructor(
    private readonly clock: Clock,
    private readonly clientId: { readonly value: string },
  ) {}

  onAttempt(attempt: Attempt, tracer: Tracer): void {
    if (!attempt.settled.some(isSampled)) return;
    const end = this.clock.wallTime();
    for (const group of groupsOf(attempt.settled)) {
      if (group.links.length > 0) this.span(group, attempt, end, tracer);
    }
  }

  private span(group: Group, { servers, durationMs }: Attempt, end: number, tracer: Tracer): void {
    const { topic, partition, error, records, links, first } = group;
    const attributes: Attributes = {
      ...commonAttributes('send', topic, this.clientId.value),
      ...serverOf(servers),
    };
    if (partition !== undefined) attributes[attributeNames.partition] = String(partition);
    if (records > 1) attributes[attributeNames.batchCount] = records;
    else Object.assign(attributes, placeOf(first.outcome));
    // A child is sampled with the first record. A root would be sampled on its own and mostly
    // missing.
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

const isSampled = ({ record }: Attempted): boolean => record.hasHeaders && mayBeSampled(record.headers);

function groupsOf(settled: readonly Attempted[]): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  for (const one of settled) {
    // Records of a partition mostly follow each other.
    if (group === undefined || !belongs(one, group)) group = groups.find((other) => belongs(one, other));
    if (group === undefined) groups.push((group = groupOf(one)));
    group.records++;
    if (group.links.length === maxLinks || !isSampled(one)) continue;
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
