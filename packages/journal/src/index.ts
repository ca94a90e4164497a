export type { JournalKey } from './format/encryption.js';
import './events.js';

export { journal } from './journal.js';
export type { EncryptionOptions, JournalOptions } from './options.js';
export type { JournalState, JournalStats } from './stats.js';
export { describeDamage, isHarmless } from './damage.js';
export type { Damage } from './damage.js';
export { inspectJournal } from './inspect/inspect.js';
export type { JournalCounts, JournalReport, SegmentReport } from './inspect/inspect.js';
export { verifyJournal } from './inspect/verify.js';
export type { VerifyReport } from './inspect/verify.js';
export { exportJournal } from './inspect/export.js';
export type { ExportOptions } from './inspect/export.js';
export type { ExportedRecord } from './inspect/exported.js';
export { replayJournal } from './inspect/replay.js';
export type { ReplayOptions } from './inspect/replay.js';
export type { ReplayHow, ReplayProgress, ReplayReport, ReplayTarget } from './inspect/replay-run.js';
export type { ReadJournalOptions } from './inspect/read-journal.js';
