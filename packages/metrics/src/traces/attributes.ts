import type { Outcome } from '@holdfast/core';
import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';

/**
 * Names of the semantic conventions 1.44 for messaging and Kafka. They are written out because the
 * package that exports them is not part of the API.
 * https://opentelemetry.io/docs/specs/semconv/messaging/kafka/
 */
export const attributeNames = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  clientId: 'messaging.client.id',
  destination: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  batchCount: 'messaging.batch.message_count',
  offset: 'messaging.kafka.offset',
  tombstone: 'messaging.kafka.message.tombstone',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  /** Our own: the outcome of the record, as `Outcome.status`. */
  outcome: 'holdfast.outcome',
} as const;

/**
 * Returns the attributes of every span. For both operations the conventions use one word for name
 * and type.
 */
export const commonAttributes = (
  operation: 'create' | 'send',
  topic: string,
  clientId: string,
): Attributes => ({
  [attributeNames.system]: 'kafka',
  [attributeNames.operationName]: operation,
  [attributeNames.operationType]: operation,
  [attributeNames.clientId]: clientId,
  [attributeNames.destination]: topic,
});

/** Returns the attributes for where a record is in Kafka. */
export const placeOf = (outcome: Outcome | undefined): Attributes =>
  outcome?.status === 'delivered'
    ? {
        [attributeNames.partition]: String(outcome.partition),
        ...(outcome.offset < 0 ? {} : { [attributeNames.offset]: outcome.offset }),
      }
    : {};

export function markFailed(span: Span, { code, message }: { code: string; message: string }): void {
  span.setAttribute(attributeNames.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
