export { CallGauge } from './chain/call-gauge.js';
export { checkComposition, compositionNotes } from './chain/composition.js';
export { EventHub } from './chain/event-hub.js';
export {
  crc32c,
  crcPageBytes,
  finalCrc,
  giveCrcPage,
  initialCrc,
  takeCrcMemory,
  takeCrcPage,
  updateCrc,
} from './codec/crc32c.js';
export { Cursor } from './codec/cursor.js';
export { encodeHeaders } from './codec/header-codec.js';
export { decodeRecord, encodeRecord, encodedRoom } from './codec/record-codec.js';
export { recordFlags } from './codec/record-flags.js';
export { endOfRecord } from './codec/record-shape.js';
export { plainHeaders, textOrBase64 } from './codec/text-or-base64.js';
export type { PlainHeaders, TextOrBase64 } from './codec/text-or-base64.js';
export { asMaybeWritten } from './contract/maybe-written.js';
export { murmur2 } from './contract/murmur2.js';
export { cutName } from './foreign/cut-name.js';
export { kindOf } from './foreign/kind-of.js';
export { nameOf } from './foreign/name-of.js';
export { synchronousResult } from './foreign/synchronous-result.js';
export { codeOf } from './foreign/system-code.js';
export { AsyncWorkLoop } from './kit/async-work-loop.js';
export { DeadlineSweep } from './kit/deadline-sweep.js';
export type { DeadlineSweepOptions } from './kit/deadline-sweep.js';
export { DeferredTask } from './kit/deferred-task.js';
export { DelayQueue } from './kit/delay-queue.js';
export type { Delayed } from './kit/delay-queue.js';
export { DrainWaiters } from './kit/drain-waiters.js';
export { LinkedList } from './kit/linked-list.js';
export type { ListNode } from './kit/linked-list.js';
export { LinkedQueue } from './kit/linked-queue.js';
export type { QueueNode } from './kit/linked-queue.js';
export { LogThrottle } from './kit/log-throttle.js';
export { PriorityQueue } from './kit/priority-queue.js';
export { Replay, replayLimitChecks, replayLimitsOf } from './kit/replay.js';
export type { ReplayCounts, ReplayLimits, ReplayOptions } from './kit/replay.js';
export { RingQueue } from './kit/ring-queue.js';
export { sleep } from './kit/sleep.js';
export { WorkLoop } from './kit/work-loop.js';
export { makeDurable } from './system/durable-directory.js';
export { describeExposed, makeAllPrivate, remedyOf } from './system/private-paths.js';
export type { ExposedPath, Privacy } from './system/private-paths.js';
export { writeAll } from './system/write-all.js';
