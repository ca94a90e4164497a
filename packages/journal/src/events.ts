import type { Damage } from './damage.js';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /** While the journal is read at the start, each time some of it is read. */
    'journal.recovery': { readonly readBytes: number; readonly totalBytes: number };
    /** The journal is read: so many records wait to be sent. */
    'journal.recovered': { readonly records: number; readonly segments: number; readonly ms: number };
    /** Something of the journal is not as it was written. */
    'journal.damaged': Damage;
    /** The disk takes no records now, or `maxBytes` is reached; `code` is the system's or `JOURNAL_FULL`. */
    'journal.stalled': { readonly code: string };
    /**
     * With `fsync: 'interval'` or `'never'`: a sync failed with `code`, and what was acknowledged since the last good one, or by a
     * process that was killed, could not be made durable. Until Kafka has them, a power failure may lose so many records, however much later.
     */
    'journal.unsynced': { readonly code: string; readonly records: number };
    /** A sync took so long, and made so many bytes durable; where write and sync are one call, that call did. Not emitted unless heard. */
    'journal.synced': { readonly durationMs: number; readonly bytes: number };
    /** So many records went to Kafka without the journal meanwhile (`whenFull: 'bypass'`). */
    'journal.resumed': { readonly stalledMs: number; readonly bypassedRecords: number };
    /**
     * Nothing that was handed down has come back for a while, and no more goes down: so many records are there, of these topics, ten at
     * most, most records first. Records of all topics wait behind them.
     */
    'journal.heldBack': {
      readonly records: number;
      readonly topics: readonly { readonly topic: string; readonly records: number }[];
    };
    /**
     * A topic has its share below, and nothing of it has come back for a second; or records of it failed with `code` and go down
     * again. Its other records wait on disk, and those of other topics do not wait behind it.
     */
    'journal.topicPaused': {
      readonly topic: string;
      readonly records: number;
      readonly code: string | undefined;
    };
    /** What was left on disk of the topic has gone down, in order. */
    'journal.topicResumed': { readonly topic: string };
    /**
     * Records go to Kafka without the journal: these first ones, and what follows until `journal.resumed`, which has the count. So has
     * `stats()`, at any time.
     */
    'journal.bypassed': { readonly records: number };
  }
}
