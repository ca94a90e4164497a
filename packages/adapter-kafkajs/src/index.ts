export { kafkajsAdapter } from './kafkajs-adapter.js';
export type { Compression, KafkajsAdapterOptions } from './options.js';
export type { ReconnectOptions } from '@holdfast/core';
