import type { Damage } from './damage.js';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /** Emitted at the start, each time a part of the journal has been read. */
    'journal.recovery': { readonly readBytes: number; readonly totalBytes: number };
    /** The journal has been read: `records` wait to be sent. */
    'journal.recovered': { readonly records: number; readonly segments: number; readonly ms: number };
    /** A part of the journal is not as it was written. */
    'journal.damaged': Damage;
    /**
     * The disk takes no records now, or `maxBytes` is reached; `code` is the system's or
     * `JOURNAL_FULL`.
     */
    'journal.stalled': { readonly code: string };
    /**
     * With `fsync: 'interval'` or `'never'`: a sync failed with `code`, and `records` that were
     * acknowledged since the last good sync, or by a process that was killed, could not be made
     * durable. Until Kafka has them, a power failure may lose them, however much later.
     */
    'journal.unsynced': { readonly code: string; readonly records: number };
    /**
     * A sync made `bytes` durable and took `durationMs`; where write and sync are one call, the
     * time is that of the call. Emitted only while there is a listener.
     */
    'journal.synced': { readonly durationMs: number; readonly bytes: number };
    /**
     * The journal takes records again. Meanwhile, `bypassedRecords` went to Kafka without it
     * (`whenFull: 'bypass'`).
     */
    'journal.resumed': { readonly stalledMs: number; readonly bypassedRecords: number };
    /**
     * Nothing that was handed down has been settled for a while, and nothing more goes down:
     * `records` are in flight, of these topics (at most ten, most records first). Records of all
     * topics wait behind them.
     */
    'journal.heldBack': {
      readonly records: number;
      readonly topics: readonly { readonly topic: string; readonly records: number }[];
    };
    /**
     * The topic has its share in flight, and none of it was settled for a second; or records of it
     * failed with `code` and are retried. Its other records wait on disk, and those of other topics
     * do not wait for it.
     */
    'journal.topicPaused': {
      readonly topic: string;
      readonly records: number;
      readonly code: string | undefined;
    };
    /** All records of the topic that were left on disk have gone down, in order. */
    'journal.topicResumed': { readonly topic: string };
    /**
     * Records go to Kafka without the journal: these first ones, and others until
     * `journal.resumed`, which has the total. `stats()` has it at any time.
     */
    'journal.bypassed': { readonly records: number };
  }
}
