export { kafkajsAdapter } from './kafkajs-adapter.js';
export type { Compression, KafkajsAdapterOptions, ReconnectOptions } from './options.js';
