/**
 * What is taken out, one at a time: without it records would be lost, or resurrected, or sent by two, or overtake each other. The unit
 * tests of `project` (the journal's by default) have to notice; or, where `wholeChain` is the name of an adapter, the whole chain over that
 * adapter, within 500 seeds. `find` occurs once in `file`.
 *
 * @typedef {{ readonly name: string, readonly file: string, readonly find: string, readonly replace: string,
 *   readonly also?: { readonly find: string, readonly replace: string },
 *   readonly project?: string, readonly wholeChain?: string }} Mutation
 */
const journal = 'packages/journal/src';

/** @type {readonly Mutation[]} */
export const mutations = [
  {
    name: 'fsync',
    file: `${journal}/log/commits.ts`,
    find: 'await segment.sync();\n    await this.synced(segment);',
    replace: 'await this.synced(segment);',
  },
  {
    name: 'write-through',
    file: `${journal}/log/commits.ts`,
    find: "isThrough ? 'through' : 'write'",
    replace: "'write'",
  },
  {
    name: 'fsync-error',
    file: `${journal}/log/commits.ts`,
    find: 'commit.failure = { error };',
    replace: 'void error;',
  },
  {
    name: 'commits-out-of-order',
    file: `${journal}/log/commits.ts`,
    find: 'head?.isDone && head.failure === undefined;',
    replace: 'head !== undefined && head.failure === undefined;',
  },
  {
    name: 'fsync-header',
    file: `${journal}/log/segments.ts`,
    find: 'await file.sync();\n    if (spare.path !== path)',
    replace: 'if (spare.path !== path)',
  },
  {
    name: 'fsync-directory',
    file: `${journal}/log/segments.ts`,
    find: 'await disk.syncDirectory(directory);\n    const cipherAt',
    replace: 'const cipherAt',
  },
  {
    name: 'fsync-parent-directory',
    file: 'packages/core/src/durable-directory.ts',
    find: 'for (const path of made) await disk.syncDirectory(dirname(path));',
    replace: '',
  },
  {
    name: 'deleted-file',
    file: `${journal}/log/commits.ts`,
    find: '.links === 0',
    replace: '.links === -1',
  },
  {
    name: 'short-write',
    file: 'packages/core/src/write-all.ts',
    find: 'rest = behind(rest, written);',
    replace: 'rest = [];',
  },
  {
    name: 'frame-crc',
    file: `${journal}/format/frame.ts`,
    find: 'if (frameCrc(whole, unsummed, frame.body) !== whole.readUInt32LE(frame.crc)) return undefined;',
    replace: '',
  },
  {
    name: 'header-crc',
    file: `${journal}/format/segment-header.ts`,
    find: "if (crc32c(page, header.bytes, bytes) !== page.readUInt32LE(header.crc)) return 'damaged';",
    replace: '',
  },
  {
    name: 'authentication-tag',
    file: `${journal}/format/encryption.ts`,
    find: 'return false;\n    }\n    decrypted.copy(plain);',
    replace: '}\n    decrypted.copy(plain);',
  },
  {
    name: 'epoch-nonce',
    file: `${journal}/format/frame.ts`,
    find: 'if (expected.nonce !== undefined && page.readUInt32LE(at + frame.nonce) !== expected.nonce) return 0;',
    replace: '',
  },
  {
    name: 'epoch-number',
    file: `${journal}/format/frame.ts`,
    find: 'if (page.readUInt32LE(at + frame.number) !== expected.number) return 0;',
    replace: '',
  },
  {
    name: 'frame-offset',
    file: `${journal}/format/frame.ts`,
    find: 'if (page.readUInt32LE(at + frame.offset) !== offset) return 0;',
    replace: '',
  },
  {
    name: 'lock',
    file: `${journal}/open-journal.ts`,
    find: "if ('holder' in lock) throw errors.held(directory, lock.holder);",
    replace: '',
  },
  {
    name: 'lock-of-the-disk',
    project: 'core',
    file: 'packages/core/src/directory-lock.ts',
    find: 'if (holder !== undefined) return await withdraw(server, { holder });',
    replace: '',
  },
  {
    name: 'permissions',
    file: `${journal}/privacy.ts`,
    find: 'if (exposed.length > 0) throw errors.readableByOthers(directory, exposed);',
    replace: '',
  },
  {
    name: 'acknowledgements',
    file: `${journal}/stage.ts`,
    find: 'this.journal?.log.acknowledge(sequence);',
    replace: '',
  },
  {
    name: 'ranges-of-a-retiring-segment',
    file: `${journal}/log/segments.ts`,
    find: 'this.pending.addRanges(other.acknowledgedRanges());',
    replace: '',
  },
  {
    name: 'missing-segment',
    file: `${journal}/log/find-damage.ts`,
    find: "finder.damage.push({ kind: 'missing-segment', path: segmentPath(options.directory, number) });",
    replace: '',
  },
  {
    name: 'order-behind-the-backlog',
    file: `${journal}/feed.ts`,
    find: 'if (sequence < this.keepFrom) return false;',
    replace: '',
  },
  {
    name: 'whole-chain-lane-lock',
    wholeChain: 'confluent',
    file: 'packages/buffer/src/lane-table.ts',
    find: 'return this.cells[cell + batchId] === id ? at : -1;',
    replace: 'return at;',
  },
  {
    name: 'whole-chain-outcome-read-by-retry',
    wholeChain: 'confluent',
    file: 'packages/retry/src/flight.ts',
    find: 'this.open ??= this.countOpen();\n    this.close(this.open, settled);',
    replace:
      'const isFirst = this.open === undefined;\n' +
      '    const open = (this.open ??= new Map<number, number>());\n' +
      '    if (!isFirst) this.close(open, settled);\n' +
      '    else for (const { lane, outcome } of this.sent)\n' +
      '      if (outcome === undefined) open.set(lane, (open.get(lane) ?? 0) + 1);',
  },
  {
    name: 'whole-chain-verdict-before-the-read',
    wholeChain: 'kafkajs',
    file: 'packages/core/src/silence.ts',
    find: 'timer = afterReading(clock, lateMs > punctualMs ? Math.min(ms, lateMs) : 0, judge);',
    replace: 'judge();',
  },
  {
    name: 'whole-chain-half-an-encoding',
    wholeChain: 'kafkajs',
    file: 'packages/core/src/record-codec.ts',
    find: "  if (value !== null && !isReadableBytes(value)) throw noBytes('value', value);\n",
    replace: '',
    also: { find: '    cursor.at = at;\n    throw changed(cause);', replace: '    throw changed(cause);' },
  },
];
