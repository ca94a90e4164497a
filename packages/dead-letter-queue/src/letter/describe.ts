import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { murmur2 } from '@holdfast/core/internal';
import { type Delivery, isError } from '@holdfast/core/stage';
import { cut } from './truncate.js';
import type { DeadLetter, DeadLetterError } from './dead-letter.js';

export interface DescribeOptions {
  readonly stack: boolean;
  readonly keyHash: boolean;
  /** Of each text about the error. */
  readonly maxHeaderBytes: number;
}

interface Described {
  readonly id: string;
  readonly at: number;
  readonly delivery: Delivery;
  readonly outcome: Failed | Unknown;
}

export function describe({ id, at, delivery, outcome }: Described, options: DescribeOptions): DeadLetter {
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
  // Node makes the text when it is first read, which costs more than all the rest of a letter.
  const stack = withStack ? error.stack : undefined;
  return {
    code: cut(code, maxHeaderBytes),
    ...(cause !== undefined && { cause: cut(cause, maxHeaderBytes) }),
    class: cut(classOf(error), maxHeaderBytes),
    message: cut(message, maxHeaderBytes),
    ...(kafka && { kafka: { code: kafka.code, name: cut(kafka.name, maxHeaderBytes) } }),
    ...(stack !== undefined && { stack: cut(stack, maxHeaderBytes) }),
  };
}

/** Causes deeper than this say nothing more; a loop of causes has no end. */
const deepest = 16;

/** The name of the innermost error: that of the Kafka client tells more than ours, which is always the same. */
function classOf(error: Error): string {
  let innermost = error;
  for (let depth = 0; depth < deepest && isError(innermost.cause); depth++) innermost = innermost.cause;
  const { name } = innermost;
  return typeof name === 'string' && name !== '' ? name : 'Error';
}
