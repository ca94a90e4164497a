export * from '@holdfast/core';
export { buffer } from '@holdfast/buffer';
export { journal } from '@holdfast/journal';
export { retry } from '@holdfast/retry';
