import type { Clock, Disk } from '@holdfast/core/stage';
import type { JournalKey } from '../../format/encryption.js';

export interface SegmentsOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: () => number;
  readonly directory: string;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly fsync: 'always' | 'interval' | 'never';
  readonly key: JournalKey | undefined;
  readonly journalId: number;
  readonly nextNumber: number;
  readonly nextSequence: number;
}
