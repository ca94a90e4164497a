export { confluentAdapter } from './confluent-adapter.js';
export type { ConfluentAdapterOptions } from './options.js';
export type { ReconnectOptions } from '@holdfast/core';
export type { NativeConfig as ConfluentConfig, NativeProducer as ConfluentProducer } from './native.js';
