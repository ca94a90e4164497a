import { pageBytes, spans } from './pages.js';

/** The unit that a disk writes whole or not at all. */
export const sectorBytes = 512;

/** Of a write, the part that is there when `part` of its bytes would be: no kernel and no disk leaves half a sector. */
export function wholeSectors(position: number, bytes: number, part: number): number {
  if (part >= bytes) return bytes;
  return Math.max(0, Math.floor((position + part) / sectorBytes) * sectorBytes - position);
}

/** A change of a file that no sync has made durable. */
export interface Change {
  /** Numbers the changes of a file. */
  readonly sequence: number;
  readonly position: number;
  readonly bytes: number;
  /** `undefined`: zeros, of a file that was cut. */
  readonly data: Uint8Array | undefined;
  /** The file's length after it. */
  readonly length: number;
}

/** Does to `target`, the bytes of the file from `position` on, what the change did to the file. */
export function applyTo(target: Uint8Array, position: number, change: Change): void {
  const from = Math.max(position, change.position);
  const to = Math.min(position + target.byteLength, change.position + change.bytes);
  if (from >= to) return;
  if (change.data === undefined) target.fill(0, from - position, to - position);
  else target.set(change.data.subarray(from - change.position, to - change.position), from - position);
}

export const touches = (change: Change, position: number, bytes: number): boolean =>
  change.bytes > 0 && change.position < position + bytes && position < change.position + change.bytes;

/** What is left of the change outside these bytes. */
export function without(change: Change, position: number, bytes: number): Change[] {
  if (!touches(change, position, bytes)) return [change];
  const end = change.position + change.bytes;
  return [
    part(change, change.position, Math.max(change.position, position)),
    part(change, Math.min(end, position + bytes), end),
  ].filter((left) => left.bytes > 0);
}

const part = (change: Change, from: number, to: number): Change => ({
  ...change,
  position: from,
  bytes: to - from,
  data: change.data?.subarray(from - change.position, to - change.position),
});

/** The changes of each page among `pages`, in order. */
export function changesByPage(
  changes: readonly Change[],
  pages: ReadonlyMap<number, unknown>,
): Map<number, Change[]> {
  const byPage = new Map<number, Change[]>();
  const add = (index: number, change: Change): void => {
    const list = byPage.get(index);
    if (list === undefined) byPage.set(index, [change]);
    else list.push(change);
  };
  for (const change of changes) {
    if (change.data === undefined) {
      // A file may be cut from a size whose pages are many, and almost all of them holes.
      for (const index of pages.keys()) {
        if (touches(change, index * pageBytes, pageBytes)) add(index, change);
      }
    } else {
      for (const { index } of spans(change.position, change.bytes)) add(index, change);
    }
  }
  return byPage;
}
