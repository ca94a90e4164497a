export { createProducer, CloseError } from './producer.js';
export type { Producer, CloseResult, TimeoutOptions } from './producer.js';
export type { ProducerOptions } from './producer-options.js';
export type { KnownStages, ProducerState, ProducerStats, StatsOfStages, WaitingStats } from './stats.js';
export type { AttemptStats, InFlightStats } from './attempt-counts.js';
export { CodeCounter } from './counts-by-code.js';
export type { CountsByCode } from './counts-by-code.js';
export type { ErrorCounts, OutcomeCounts } from './counters.js';
export type { FailedRecord } from './failed-records.js';
export type { UndeliverableHandler } from './reports.js';
export type { SendAnswer, SendCallback } from './completion.js';
export type { WritableOptions } from './writable.js';

export { SerializedRecord, recordBytes } from './record.js';
export type { Bytes, GivenRecord, Headers, HeaderValue, ProducerRecord } from './record.js';
export { isReadableBytes } from './bytes.js';
export { spoiltRecord } from './spoilt-record.js';
export { cutName } from './cut-name.js';
export { kindOf } from './kind-of.js';
export { plainHeaders, textOrBase64 } from './text-or-base64.js';
export type { PlainHeaders, TextOrBase64 } from './text-or-base64.js';
export { collectHeaders } from './consumed-record.js';
export type { ConsumedRecord } from './consumed-record.js';
export { readSource } from './read-source.js';
export { resolveReadTopic } from './read-topic-options.js';
export type { ReadTopicOptions, TopicRequest } from './read-topic-options.js';
export type { PartitionSpan, ReadPart, TopicSource } from './topic-source.js';
export { Cursor } from './cursor.js';
export {
  crc32c,
  crcPageBytes,
  finalCrc,
  giveCrcPage,
  initialCrc,
  takeCrcMemory,
  takeCrcPage,
  updateCrc,
} from './crc32c.js';
export { encodeHeaders } from './header-codec.js';
export { decodeRecord, encodedRoom, encodeRecord } from './record-codec.js';
export { recordFlags } from './record-flags.js';
export { endOfRecord } from './record-shape.js';
export type { Serializer, SerializerContext, Serializers } from './serializer.js';

export { failed, unknown } from './outcome.js';
export type { Accepted, DeadLettered, Delivered, Failed, Outcome, Receipt, Unknown } from './outcome.js';
export { errorCodes, ProducerError } from './error.js';
export { codeOf } from './system-code.js';
export { isError } from './is-error.js';
export { nameOf } from './name-of.js';
export { asMaybeWritten } from './maybe-written.js';
export type { CauseJson, ProducerErrorJson } from './error-json.js';
export type { ErrorCode, KnownErrorCode, ProducerErrorDetails } from './error.js';
export { Pacer } from './pacer.js';
export type { PacerOptions } from './pacer.js';
export { Reminder } from './reminder.js';
export { plainAnswer } from './plain-answer.js';
export { Classifier } from './classifier.js';
export type { Classify } from './classifier.js';
export { brokerError, brokerOutcome, errorCodeOf } from './classify.js';
export type { AnswerContext } from './classify.js';
export { protocolError, protocolErrors } from './protocol-errors.js';
export type { KafkaError, ProtocolError } from './protocol-errors.js';

export { Delivery, noLane } from './delivery.js';
export type { RecordStore } from './delivery.js';
export { fork, forked } from './fork.js';
export { laneOf } from './lane.js';
export { FlushTracker } from './flush-tracker.js';
export { Gate } from './gate.js';
export { untilDeadline, within } from './deadline.js';
export { afterReading, afterSilence } from './silence.js';
export { Settles } from './settles.js';
export type { Middleware, Send, Settle, Stage, StageStats, Traits } from './middleware.js';
export type { Adapter, AdapterCapabilities } from './adapter.js';
export { serverNames } from './server-names.js';
export { CallGauge } from './call-gauge.js';
export { consoleLogger, systemClock } from './env.js';
export type { BaseEnv, Calls, Clock, Env, EnvOverrides, Timer } from './env.js';
export type { DirectoryLock, Disk, DiskFile, LockHeld, OpenMode, PathInfo } from './disk.js';
export { makeDurable } from './durable-directory.js';
export { LaneOrder } from './lane-order.js';
export { describeExposed, makeAllPrivate, remedyOf } from './private-paths.js';
export type { ExposedPath, Privacy } from './private-paths.js';
export { nodeDisk } from './node-disk.js';
export { writeAll } from './write-all.js';
export { EventHub } from './events.js';
export type {
  Attempt,
  Attempted,
  EventName,
  EventSink,
  Listener,
  Listeners,
  ProducerEvents,
  Waited,
} from './events.js';
export { silentLogger } from './logger.js';
export type { LogFields, Logger } from './logger.js';
export { checkComposition, compositionNotes } from './composition.js';

export { murmur2 } from './murmur2.js';
export { defaultPartitioner, keyPartition } from './partitioner.js';
export type { Partitioner, TopicPartitions } from './partitioner.js';
export {
  aBoolean,
  aFunction,
  anObject,
  asNumber,
  aSignal,
  aString,
  checkOptions,
  nestedProblems,
  numberBetween,
  oneOf,
  readOptions,
  wholeNumberBetween,
} from './check-options.js';
export type { OptionCheck, OptionChecks } from './check-options.js';
export { reconnectProblems, resolveReconnect } from './reconnect.js';
export type { ReconnectOptions } from './reconnect.js';
