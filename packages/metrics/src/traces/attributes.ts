import type { Outcome } from '@holdfast/core';
import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';

/**
 * Names of semantic conventions 1.44, messaging and Kafka. They are no import: the package of names is not the API.
 * https://opentelemetry.io/docs/specs/semconv/messaging/kafka/
 */
export const names = {
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
  /** Our own: what became of the record, as `Outcome.status`. */
  outcome: 'holdfast.outcome',
} as const;

/** Of every span. For both operations the conventions give name and type the same word. */
export const common = (operation: 'create' | 'send', topic: string, clientId: string): Attributes => ({
  [names.system]: 'kafka',
  [names.operationName]: operation,
  [names.operationType]: operation,
  [names.clientId]: clientId,
  [names.destination]: topic,
});

/** Where one record is in Kafka. */
export const placeOf = (outcome: Outcome | undefined): Attributes =>
  outcome?.status === 'delivered'
    ? {
        [names.partition]: String(outcome.partition),
        ...(outcome.offset < 0 ? {} : { [names.offset]: outcome.offset }),
      }
    : {};

export function markFailed(span: Span, { code, message }: { code: string; message: string }): void {
  span.setAttribute(names.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
