export * from '@holdfast/core';
export * from '@holdfast/buffer';
export * from '@holdfast/circuit-breaker';
export * from '@holdfast/dead-letter-queue';
export * from '@holdfast/journal';
export * from '@holdfast/metrics';
export * from '@holdfast/retry';
export { recommended } from './recommended.js';
export type { MiddlewareChoice, RecommendedOptions } from './options.js';
