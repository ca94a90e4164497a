import type { ProducerStats } from '@holdfast/core';
import { numberIn, sayByCode, valueIn, type Say } from './observe.js';

export function observeDeadLetters({ stages: { deadLetterQueue } }: ProducerStats, say: Say): void {
  if (deadLetterQueue === undefined) return;
  say('holdfast.dead_letters.refused.records', numberIn(deadLetterQueue, 'refusedRecords'));
  for (const sink of ['topic', 'file', 'callback']) {
    const taken = valueIn(deadLetterQueue, sink);
    sayByCode(say, 'holdfast.dead_letters.records', valueIn(taken, 'takenByCode'), { 'holdfast.sink': sink });
  }
}
