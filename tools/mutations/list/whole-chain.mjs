/**
 * Mutations that the simulation of the whole chain has to find by itself, whichever other test also
 * does.
 */
const foundBy = 'apps/chaos/test/whole-chain/whole-chain.test.ts';

/** @type {readonly import('../mutation.mjs').Mutation[]} */
export const wholeChain = [
  {
    name: 'whole-chain-lane-lock',
    foundBy,
    named: 'over the confluent adapter keeps',
    file: 'packages/buffer/src/queue/lane-table.ts',
    find: 'return this.cells[cell + batchId] === id ? at : -1;',
    replace: 'return at;',
  },
  {
    name: 'whole-chain-outcome-read-by-retry',
    foundBy,
    named: 'over the confluent adapter keeps',
    file: 'packages/retry/src/in-flight-batch.ts',
    find: 'this.unsettledByLane ??= this.countUnsettled();\n    this.subtract(this.unsettledByLane, settled);',
    replace:
      'const isFirst = this.unsettledByLane === undefined;\n' +
      '    const unsettled = (this.unsettledByLane ??= new Map<number, number>());\n' +
      '    if (!isFirst) this.subtract(unsettled, settled);\n' +
      '    else for (const { lane, outcome } of this.sent)\n' +
      '      if (outcome === undefined) unsettled.set(lane, (unsettled.get(lane) ?? 0) + 1);',
  },
  {
    name: 'whole-chain-verdict-before-the-read',
    foundBy,
    named: 'over the kafkajs adapter keeps',
    file: 'packages/core/src/kit/silence.ts',
    find: 'timer = afterReading(clock, lateMs > punctualMs ? Math.min(ms, lateMs) : 0, judge);',
    replace: 'judge();',
  },
  {
    name: 'whole-chain-half-an-encoding',
    foundBy,
    named: 'over the kafkajs adapter keeps',
    file: 'packages/core/src/codec/record-codec.ts',
    find: "  if (value !== null && !isReadableBytes(value)) throw noBytes('value', value);\n",
    replace: '',
    also: { find: '    cursor.at = at;\n    throw changed(cause);', replace: '    throw changed(cause);' },
  },
];
