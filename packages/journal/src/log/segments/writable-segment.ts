import type { SegmentCipher } from '../../format/encryption.js';
import type { Epoch } from '../../format/layout.js';
import type { SegmentHeader } from '../../format/segment-header.js';
import { Segment, type SegmentOptions } from './segment.js';

/** One of this process's own, which frames can be appended to. */
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

  /** Only its header says that another segment is gone. */
  vouches = false;

  /** Its records before this sequence number are synced. */
  durableEnd = -1;

  /** Behind what is written, there are zeros on the disk already. */
  zeroedTo = 0;

  private failedSync: { readonly error: unknown } | undefined;

  /**
   * Linux tells an error of writing back once for each open file: of two syncs, one may hear of what the other was to make durable,
   * and that one succeeds. So none that ends behind one that failed counts.
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
