/**
 * A place where a journal is not as it was written. Offsets are bytes of the segment's file, `end`
 * excluded.
 */
export type Damage =
  /** The end of a write that a crash interrupted; it was never acknowledged. */
  | {
      readonly kind: 'torn-tail';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      /**
       * Where the file goes once it is not needed, as nothing in it is whole. Absent: nothing of it
       * is kept.
       */
      readonly quarantine?: string;
    }
  /**
   * Lost by a power failure before it was synced; nothing of it was acknowledged, unless `fsync` is
   * not `'always'`.
   */
  | { readonly kind: 'unsynced'; readonly path: string; readonly start: number; readonly end: number }
  /** It was synced once, and differs from what was written. */
  | {
      readonly kind: 'corrupt';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      /** Where the bytes are kept; `undefined` when they could not be copied. */
      readonly quarantine: string | undefined;
    }
  /**
   * The checksum is right, but not all that it covers are records: `records` are lost, and the
   * others are kept.
   */
  | {
      readonly kind: 'unreadable-records';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      readonly records: number;
      readonly quarantine: string | undefined;
    }
  /**
   * The system cannot read the file from `start` on, or it is not a regular file; `code` is the
   * system's. It is moved to the quarantine, at once or when what can be read of it is delivered.
   */
  | {
      readonly kind: 'unreadable-file';
      readonly path: string;
      readonly start: number;
      readonly code: string;
      readonly quarantine: string | undefined;
    }
  /** The file ends too early. */
  | { readonly kind: 'truncated'; readonly path: string; readonly start: number; readonly end: number }
  /** A segment that is needed does not exist. */
  | { readonly kind: 'missing-segment'; readonly path: string }
  /** Records that should precede this offset are missing. */
  | {
      readonly kind: 'missing-records';
      readonly path: string;
      readonly start: number;
      readonly records: number;
    };

/** Returns whether a crash leaves such damage; a journal with no other damage is sound. */
export const isHarmless = ({ kind }: Damage): boolean => kind === 'torn-tail' || kind === 'unsynced';

export function describeDamage(damage: Damage): string {
  switch (damage.kind) {
    case 'missing-segment':
      return `${damage.path} is missing`;
    case 'missing-records':
      return `${damage.path}: ${damage.records} records are missing before byte ${damage.start}`;
    case 'truncated':
      return `${damage.path} is cut at byte ${damage.start}; it should have ${damage.end}`;
    case 'unreadable-records':
      return `${damage.path}: byte ${damage.start} to ${damage.end} are not all records, ${damage.records} are lost${kept(damage)}`;
    case 'unreadable-file':
      return `${damage.path} cannot be read from byte ${damage.start} on (${damage.code})${kept(damage)}`;
    default:
      return `${damage.path}: ${damage.kind} from byte ${damage.start} to ${damage.end}`;
  }
}

const kept = ({ quarantine }: { readonly quarantine: string | undefined }): string =>
  quarantine === undefined ? '' : `; it is kept as ${quarantine}`;
