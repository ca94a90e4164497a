import type { SegmentCipher } from '../../format/encryption.js';
import type { Epoch } from '../../format/layout.js';
import type { SegmentHeader } from '../../format/segment-header.js';
import { Segment, type SegmentOptions } from './segment.js';

/** A segment of this process, which frames can be appended to. */
export class WritableSegment extends Segment {
  constructor(
    options: SegmentOptions,
    readonly header: Omit<SegmentHeader, 'bytes'>,
    readonly cipher: SegmentCipher | undefined,
  ) {
    super(options);
  }

  get epoch(): Epoch {
    return this.header;
  }

  /** Only its header tells that another segment is gone. */
  vouches = false;

  /** Its records before this sequence number are synced. */
  durableEnd = -1;

  /** Up to here, the disk has zeros after what is written. */
  zeroedTo = 0;

  private failedSync: { readonly error: unknown } | undefined;

  /**
   * Syncs the file. Linux reports a write-back error once per open file: of two syncs, one may
   * receive the error for what the other was to make durable, and that one succeeds. So no sync
   * counts that ends after one that failed.
   */
  async sync(): Promise<void> {
    try {
      await this.file.sync();
    } catch (error) {
      this.failedSync ??= { error };
    }
    if (this.failedSync !== undefined) throw this.failedSync.error;
  }
}
