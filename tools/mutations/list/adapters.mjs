const kafkajs = 'packages/adapter-kafkajs/src';

/** @type {readonly import('../mutation.mjs').Mutation[]} */
export const adapters = [
  {
    name: 'kafkajs-lost-answer-is-failed',
    foundBy: 'packages/adapter-kafkajs/test/idempotence.test.ts',
    file: `${kafkajs}/request.ts`,
    find: 'this.encoded ? unknown(error) : failed(error)',
    replace: 'failed(error)',
  },
  {
    name: 'kafkajs-late-records-are-sent',
    foundBy: 'packages/adapter-kafkajs/test/deadline.test.ts',
    file: `${kafkajs}/request.ts`,
    find: 'const settled = this.lots().filter((lot) => lot.settled);',
    replace: 'const settled: Lot[] = [];',
  },
  {
    name: 'kafkajs-sequence-used-again',
    foundBy: 'packages/adapter-kafkajs/test/idempotence.test.ts',
    file: `${kafkajs}/idempotent-flow.ts`,
    find: 'if (lot.unanswered !== undefined || lot.hungUp || lot.settled || hasLostTrack) this.endId(state);',
    replace: 'if (hasLostTrack) this.endId(state);',
  },
  {
    name: 'kafkajs-id-used-again-for-a-forgotten-topic',
    foundBy: 'packages/adapter-kafkajs/test/topics.test.ts',
    file: `${kafkajs}/idempotent-flow.ts`,
    find: 'this.partitions.delete(name);\n      this.id = undefined;',
    replace: 'this.partitions.delete(name);',
  },
  {
    name: 'kafkajs-two-lots-of-a-partition',
    foundBy: 'packages/adapter-kafkajs/test/idempotence.test.ts',
    file: `${kafkajs}/idempotent-flow.ts`,
    find: 'const lot = state.sending ? undefined : state.waiting[0];',
    replace: 'const lot = state.waiting[0];',
  },
  {
    name: 'kafkajs-unanswered-is-not-sent-again',
    foundBy: 'packages/adapter-kafkajs/test/idempotence.test.ts',
    file: `${kafkajs}/idempotent-flow.ts`,
    find: 'return this.options.clock.now() + waitMs(lot) < lot.deadline;',
    replace: 'return false;',
  },
  {
    name: 'kafkajs-one-wrong-record-fails-all',
    foundBy: 'packages/adapter-kafkajs/test/one-bad-record.test.ts',
    file: `${kafkajs}/flow.ts`,
    find: 'if (!isTooLarge && !isOfOne) return undefined;',
    replace: 'if (!isTooLarge) return undefined;',
  },
  {
    name: 'kafkajs-halves-lose-their-line',
    foundBy: 'packages/adapter-kafkajs/test/one-bad-record.test.ts',
    file: `${kafkajs}/lot.ts`,
    find: 'if (this.next !== undefined) second.precede(this.next);',
    replace: '',
  },
  {
    name: 'kafkajs-limit-of-a-topic-forgotten',
    foundBy: 'packages/adapter-kafkajs/test/line.test.ts',
    file: `${kafkajs}/flow.ts`,
    find: 'if (isTooLarge) table.refused(lot.topic, lot.bytes);',
    replace: '',
  },
  {
    name: 'kafkajs-line-goes-on-behind-a-failure',
    foundBy: 'packages/adapter-kafkajs/test/line.test.ts',
    file: `${kafkajs}/flow.ts`,
    find: "verdict.status === 'unknown' || (verdict.status === 'failed' && verdict.error.retriable);",
    replace: 'false;',
  },
  {
    name: 'kafkajs-expired-is-overtaken',
    foundBy: 'packages/adapter-kafkajs/test/line.test.ts',
    file: `${kafkajs}/flow.ts`,
    find: 'return [lot, ...stopFollowers(lot, verdict)];\n}\n\n/** Once',
    replace: 'return [lot];\n}\n\n/** Once',
  },
  {
    name: 'kafkajs-codec-overtakes',
    foundBy: 'packages/adapter-kafkajs/test/order.test.ts',
    file: `${kafkajs}/request-queue.ts`,
    find: 'for (const one of this.encoding) if (one.sharesPartition(request)) return;',
    replace: '',
  },
];
