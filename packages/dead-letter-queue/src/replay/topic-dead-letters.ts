import { ProducerError, type ConsumedRecord } from '@holdfast/core';
import { fromHeaders } from '../letter/headers.js';
import { storedAt, type DeadLetterSource, type StoredDeadLetter, type UnreadableLetter } from './source.js';

/**
 * What the topic sink sent: `topicDeadLetters(readTopic(client, 'orders.dlq'))`, with the `readTopic` of the adapter. It can be read as
 * often as `records` can.
 */
export function topicDeadLetters(records: AsyncIterable<ConsumedRecord>): DeadLetterSource {
  if (typeof records !== 'object' || records === null || !(Symbol.asyncIterator in records)) {
    throw new ProducerError(
      'INVALID_OPTIONS',
      "topicDeadLetters takes the records of a topic: topicDeadLetters(readTopic(client, 'orders.dlq'))",
    );
  }
  return { read: () => lettersOf(records) };
}

async function* lettersOf(
  records: AsyncIterable<ConsumedRecord>,
): AsyncGenerator<StoredDeadLetter | UnreadableLetter> {
  for await (const record of records) {
    yield storedAt(fromHeaders(record), `${record.topic}[${record.partition}]@${record.offset}`);
  }
}
