export { kafkajsAdapter } from './kafkajs-adapter.js';
export type { Compression, KafkajsAdapterOptions } from './options.js';
export type { KafkajsStats } from './stats.js';
export { readTopic } from './read/read-topic.js';
export type { ConsumedRecord } from '@holdfast/core';
export type { ReadTopicOptions, ReconnectOptions } from '@holdfast/core/adapter';
