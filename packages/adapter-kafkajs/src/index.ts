export { kafkajsAdapter } from './kafkajs-adapter.js';
export type { Compression, KafkajsAdapterOptions } from './options.js';
export type { KafkajsStats } from './stats.js';
export { readTopic } from './read-topic.js';
export type { ConsumedRecord, ReadTopicOptions, ReconnectOptions } from '@holdfast/core';
