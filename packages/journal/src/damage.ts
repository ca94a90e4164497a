/** What was found in a journal that is not as it was written. Offsets are bytes of the segment's file, `end` excluded. */
export type Damage =
  /** The end of what a crash interrupted; it was never acknowledged. */
  | { readonly kind: 'torn-tail'; readonly path: string; readonly start: number; readonly end: number }
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
    default:
      return `${damage.path}: ${damage.kind} from byte ${damage.start} to ${damage.end}`;
  }
}
