import type { ConsumedRecord } from '@holdfast/core';
import * as errors from '../errors.js';
import { decodeHeaders } from '../format/topic-headers.js';
import { storedAt, type DeadLetterSource, type StoredDeadLetter, type UnreadableLetter } from './source.js';

/**
 * Returns the letters that the topic sink sent: `topicDeadLetters(readTopic(client,
 * 'orders.dlq'))`, with the `readTopic` of the adapter. They can be read as often as `records` can.
 * What `readTopic` returns can be read once; a second time throws `DEAD_LETTERS_FAILED`.
 */
export function topicDeadLetters(records: AsyncIterable<ConsumedRecord>): DeadLetterSource {
  if (typeof records !== 'object' || records === null || !(Symbol.asyncIterator in records))
    throw errors.notRecords();
  let isRead = false;
  return {
    read: () => {
      // A used iterator would end at once, as if there were no letters.
      if (isRead && isIterator(records)) throw errors.alreadyRead();
      isRead = true;
      return lettersOf(records);
    },
  };
}

const isIterator = (records: AsyncIterable<ConsumedRecord>): boolean =>
  'next' in records && typeof records.next === 'function';

async function* lettersOf(
  records: AsyncIterable<ConsumedRecord>,
): AsyncGenerator<StoredDeadLetter | UnreadableLetter> {
  for await (const record of records) {
    yield storedAt(decodeHeaders(record), `${record.topic}[${record.partition}]@${record.offset}`);
  }
}
