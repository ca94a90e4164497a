import type { ProducerStats } from '@holdfast/core';
import { numberIn, valueIn } from '../stats/fields.js';
import { observeByCode, type Observe } from './observe.js';

export function observeDeadLetters({ stages: { deadLetterQueue } }: ProducerStats, observe: Observe): void {
  if (deadLetterQueue === undefined) return;
  observe('holdfast.dead_letters.refused.records', numberIn(deadLetterQueue, 'refusedRecords'));
  for (const sink of ['topic', 'file', 'callback']) {
    const taken = valueIn(deadLetterQueue, sink);
    observeByCode(observe, 'holdfast.dead_letters.records', valueIn(taken, 'takenByCode'), {
      'holdfast.sink': sink,
    });
  }
}
