export { confluentAdapter } from './confluent-adapter.js';
export type { ConfluentAdapterOptions } from './options.js';
export type { ConfluentStats } from './stats.js';
export { readTopic } from './read/read-topic.js';
export type { ConsumedRecord } from '@holdfast/core';
export type { ReadTopicOptions, ReconnectOptions } from '@holdfast/core/adapter';
export type {
  NativeConfig as ConfluentConfig,
  NativeProducer as ConfluentProducer,
} from './client/native-types.js';
