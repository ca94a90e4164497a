export { defaultPartitioner, keyPartition } from './adapter-kit/partitioner.js';
export type { Partitioner } from './adapter-kit/partitioner.js';
export type { Adapter } from './contract/adapter.js';
export type { ConsumedRecord } from './contract/consumed-record.js';
export type { ProducerErrorJson } from './contract/error-json.js';
export { ProducerError, errorCodes } from './contract/error.js';
export type { ErrorCode } from './contract/error.js';
export type { EventName, Listener, ProducerEvents } from './contract/events.js';
export type { LogFields, Logger } from './contract/logger.js';
export type { Middleware } from './contract/middleware.js';
export type {
  Accepted,
  DeadLettered,
  Delivered,
  Failed,
  Outcome,
  Receipt,
  Unknown,
} from './contract/outcome.js';
export type { Bytes, HeaderValue, Headers, ProducerRecord } from './contract/record.js';
export type { KnownStages, ProducerState, ProducerStats } from './contract/stats.js';
export type { Serializer, SerializerContext, Serializers } from './intake/serializer.js';
export type { Classify } from './kit/classifier.js';
export type { SendAnswer, SendCallback } from './producer/completion.js';
export type { FailedRecord } from './producer/failed-records.js';
export type { ProducerOptions } from './producer/producer-options.js';
export { CloseError, FlushError } from './producer/errors.js';
export type { CloseResult } from './producer/errors.js';
export { createProducer } from './producer/producer.js';
export { ConfigurationError } from './contract/configuration-error.js';
export { DeliveryError } from './contract/delivery-error.js';
export type { Producer, TimeoutOptions } from './producer/producer.js';
export type { UndeliverableHandler } from './producer/reports.js';
export type { WritableOptions } from './producer/writable.js';
export { consoleLogger, silentLogger } from './system/logger.js';
