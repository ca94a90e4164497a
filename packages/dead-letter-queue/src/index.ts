export { deadLetterQueue } from './dead-letter-queue.js';
export type { DeadLetterQueueOptions } from './options.js';
