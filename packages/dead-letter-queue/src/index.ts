import './events.js';

export { deadLetterQueue } from './dead-letter-queue.js';
export type { DeadLetterQueueOptions, FileSinkOptions } from './options.js';
export type { CallbackLetter, DeadLetter, DeadLetterError, OriginalRecord } from './letter/dead-letter.js';
export type { DeadLetterCallback } from './sinks/callback-sink.js';
export type { SinkName } from './sinks/sink.js';
export type { DeadLetterQueueStats, FileSinkStats, SinkStats } from './stats.js';
export type { TopicChoice } from './sinks/topic-sink.js';
export { listDeadLetters } from './replay/list.js';
export type { ListDeadLettersOptions } from './replay/list.js';
export { replayDeadLetters } from './replay/replay.js';
export type { DeadLetterReplayOptions, DeadLetterReplayTarget } from './replay/options.js';
export type { DeadLetterReplayProgress, DeadLetterReplayReport } from './replay/report.js';
export { fileDeadLetters } from './replay/file-dead-letters.js';
export type { FileDeadLettersOptions } from './replay/file-dead-letters.js';
export { topicDeadLetters } from './replay/topic-dead-letters.js';
export type { DeadLetterSource, StoredDeadLetter, UnreadableLetter } from './replay/source.js';
