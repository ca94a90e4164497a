import './events.js';

export { deadLetterQueue } from './dead-letter-queue.js';
export type { DeadLetterQueueOptions, FileSinkOptions } from './options.js';
export type { CallbackLetter, DeadLetter, DeadLetterError, OriginalRecord } from './letter/dead-letter.js';
export type { DeadLetterCallback } from './sinks/callback-sink.js';
export type { SinkName } from './sinks/sink.js';
export type { TopicChoice } from './sinks/topic-sink.js';
