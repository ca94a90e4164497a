export { buffer } from './buffer.js';
export type { BufferOptions, Overflow } from './options.js';
export type { BufferStats } from './stats.js';
