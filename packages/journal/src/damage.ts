/** What was found in a journal that is not as it was written. Offsets are bytes of the segment's file, `end` excluded. */
export type Damage =
  /** The end of what a crash interrupted; it was never acknowledged. */
  | {
      readonly kind: 'torn-tail';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      /** Where the file goes once it is not needed: nothing of it is whole. Else nothing is kept of it. */
      readonly quarantine?: string;
    }
  /** Lost by a power failure before it was synced; nothing of it was acknowledged, unless `fsync` is not `'always'`. */
  | { readonly kind: 'unsynced'; readonly path: string; readonly start: number; readonly end: number }
  /** It was synced once, and is not what was written. */
  | {
      readonly kind: 'corrupt';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      /** Where the bytes are kept; `undefined` when they could not be. */
      readonly quarantine: string | undefined;
    }
  /** The checksum is right, and what it covers are not all records: so many are lost, and the others are kept. */
  | {
      readonly kind: 'unreadable-records';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      readonly records: number;
      readonly quarantine: string | undefined;
    }
  /**
   * The system does not give the file, from `start` on, or it is no file; `code` is the system's. It is moved to the quarantine, at once
   * or when what can be read of it is delivered.
   */
  | {
      readonly kind: 'unreadable-file';
      readonly path: string;
      readonly start: number;
      readonly code: string;
      readonly quarantine: string | undefined;
    }
  /** The file ends before it should. */
  | { readonly kind: 'truncated'; readonly path: string; readonly start: number; readonly end: number }
  /** A segment that is needed is not there. */
  | { readonly kind: 'missing-segment'; readonly path: string }
  /** Records that should stand before this offset do not. */
  | {
      readonly kind: 'missing-records';
      readonly path: string;
      readonly start: number;
      readonly records: number;
    };

/** A crash leaves that, too; a journal with no more than it is sound. */
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
