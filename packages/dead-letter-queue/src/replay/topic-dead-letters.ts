import { ProducerError, type ConsumedRecord } from '@holdfast/core';
import { fromHeaders } from '../format/topic-headers.js';
import { storedAt, type DeadLetterSource, type StoredDeadLetter, type UnreadableLetter } from './source.js';

/**
 * What the topic sink sent: `topicDeadLetters(readTopic(client, 'orders.dlq'))`, with the `readTopic` of the adapter. It can be read as
 * often as `records` can: what `readTopic` gives once, and then it throws `DEAD_LETTERS_FAILED`.
 */
export function topicDeadLetters(records: AsyncIterable<ConsumedRecord>): DeadLetterSource {
  if (typeof records !== 'object' || records === null || !(Symbol.asyncIterator in records)) {
    throw new ProducerError(
      'INVALID_OPTIONS',
      "topicDeadLetters takes the records of a topic: topicDeadLetters(readTopic(client, 'orders.dlq'))",
    );
  }
  let isRead = false;
  return {
    read: () => {
      // It would end at once, as if there were no letters.
      if (isRead && isOneWay(records)) throw usedUp();
      isRead = true;
      return lettersOf(records);
    },
  };
}

const isOneWay = (records: AsyncIterable<ConsumedRecord>): boolean =>
  'next' in records && typeof records.next === 'function';

const usedUp = (): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    "these records of a topic have been read before, and cannot be read again: give topicDeadLetters(readTopic(client, 'orders.dlq')) anew",
  );

async function* lettersOf(
  records: AsyncIterable<ConsumedRecord>,
): AsyncGenerator<StoredDeadLetter | UnreadableLetter> {
  for await (const record of records) {
    yield storedAt(fromHeaders(record), `${record.topic}[${record.partition}]@${record.offset}`);
  }
}
