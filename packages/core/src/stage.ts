export { Delivery, noLane } from './contract/delivery.js';
export type { RecordStore } from './contract/delivery.js';
export type { DirectoryLock, Disk, DiskFile, LockHeld, OpenMode, PathInfo } from './contract/disk.js';
export type { BaseEnv, Calls, Clock, Env, EnvOverrides, Timer } from './contract/env.js';
export type { CauseJson } from './contract/error-json.js';
export type { KafkaError, KnownErrorCode, ProducerErrorDetails } from './contract/error.js';
export type { Attempt, Attempted, EventSink, Listeners, Waited } from './contract/events.js';
export { fork, forked } from './contract/fork.js';
export { laneOf } from './contract/lane.js';
export type { Send, Settle, Stage, Traits } from './contract/middleware.js';
export { failed, unknown } from './contract/outcome.js';
export { SerializedRecord, recordBytes } from './contract/record.js';
export type { GivenRecord } from './contract/record.js';
export type {
  AttemptStats,
  CountsByCode,
  ErrorCounts,
  InFlightStats,
  OutcomeCounts,
  StageStats,
  StatsOfStages,
  WaitingStats,
} from './contract/stats.js';
export { isReadableBytes } from './foreign/bytes.js';
export { isError } from './foreign/is-error.js';
export { spoiltRecord } from './intake/spoilt-record.js';
export {
  aBoolean,
  aFunction,
  aSignal,
  aString,
  anObject,
  asNumber,
  checkOptions,
  nestedProblems,
  numberBetween,
  oneOf,
  readOptions,
  wholeNumberBetween,
} from './kit/check-options.js';
export type { OptionCheck, OptionChecks } from './kit/check-options.js';
export { Classifier } from './kit/classifier.js';
export { CodeCounter } from './kit/code-counter.js';
export { untilDeadline, within } from './kit/deadline.js';
export { FlushTracker } from './kit/flush-tracker.js';
export { Notify } from './kit/notify.js';
export { Settles } from './kit/settles.js';
export { afterReading, afterSilence } from './kit/silence.js';
export { systemClock } from './system/clock.js';
export { nodeDisk } from './system/node-disk.js';
