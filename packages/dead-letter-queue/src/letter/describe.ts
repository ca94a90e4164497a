import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { murmur2 } from '@holdfast/core/internal';
import { type Delivery, isError } from '@holdfast/core/stage';
import type { DeadLetter, DeadLetterError } from './dead-letter.js';
import { truncate } from './truncate.js';

export interface DescribeOptions {
  readonly stack: boolean;
  readonly keyHash: boolean;
  /** The limit of each text about the error. */
  readonly maxHeaderBytes: number;
}

interface Undelivered {
  readonly id: string;
  readonly at: number;
  readonly delivery: Delivery;
  readonly outcome: Failed | Unknown;
}

/** Returns the dead letter of an undelivered record as plain data. */
export function describe({ id, at, delivery, outcome }: Undelivered, options: DescribeOptions): DeadLetter {
  const { topic, key, value, partition, timestamp } = delivery.record;
  return {
    id,
    at,
    status: outcome.status,
    error: describeError(outcome.error, options),
    retries: Math.max(0, delivery.attempts - 1),
    ...(options.keyHash && key !== null && { keyHash: murmur2(key) }),
    record: {
      topic,
      key,
      value,
      headers: delivery.record.hasHeaders ? delivery.record.headers : {},
      ...(partition !== undefined && { partition }),
      timestamp,
    },
  };
}

function describeError(
  error: ProducerError,
  { stack: withStack, maxHeaderBytes }: DescribeOptions,
): DeadLetterError {
  const { code, message, kafka } = error;
  const cause = ProducerError.is(error.cause) ? error.cause.code : undefined;
  // Node.js formats a stack on first access, which costs more than the rest of a letter.
  const stack = withStack ? error.stack : undefined;
  return {
    code: truncate(code, maxHeaderBytes),
    ...(cause !== undefined && { cause: truncate(cause, maxHeaderBytes) }),
    class: truncate(innermostName(error), maxHeaderBytes),
    message: truncate(message, maxHeaderBytes),
    ...(kafka && { kafka: { code: kafka.code, name: truncate(kafka.name, maxHeaderBytes) } }),
    ...(stack !== undefined && { stack: truncate(stack, maxHeaderBytes) }),
  };
}

/** Deeper causes add nothing, and a cycle of causes never ends. */
const maxDepth = 16;

/**
 * Returns the name of the innermost error. The Kafka client's is specific; ours is always the same.
 */
function innermostName(error: Error): string {
  let innermost = error;
  for (let depth = 0; depth < maxDepth && isError(innermost.cause); depth++) innermost = innermost.cause;
  const { name } = innermost;
  return typeof name === 'string' && name !== '' ? name : 'Error';
}
