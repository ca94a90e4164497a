export { confluentAdapter } from './confluent-adapter.js';
export type { ConfluentAdapterOptions, ReconnectOptions } from './options.js';
export type { NativeConfig as ConfluentConfig, NativeProducer as ConfluentProducer } from './native.js';
