import { applyTo, changesByPage, sectorBytes, touches, without, type Change } from './change.js';
import type { Choice } from './choice.js';
import { pageBytes, Pages, spans } from './pages.js';

const sectorsOfPage = Array.from({ length: pageBytes / sectorBytes }, (_, i) => i * sectorBytes);

/** A change of few bytes takes memory of its own, too. */
const costOf = ({ data }: Change): number => 512 + (data?.byteLength ?? 0);

/**
 * A file's bytes as its readers see them, and what of them is durable. A sector on the disk is as it was after the last sync,
 * or after any of the changes since: which one, a crash decides, for each sector alone.
 */
export class FileBytes {
  /** What is on the disk of each page that `lost` or `changes` touch; of all others, it is what readers see. */
  private durable = new Map<number, Uint8Array | undefined>();
  private durableLength = 0;
  private changes: Change[] = [];
  /** Changes that a failed sync gave up: the kernel takes their pages for clean, and no later sync writes them. */
  private lost: Change[] = [];
  private sequence = 0;
  private unsynced = 0;

  constructor(private live = new Pages()) {
    this.durableLength = live.bytes;
  }

  get bytes(): number {
    return this.live.bytes;
  }

  get allocatedPages(): number {
    return this.live.allocated;
  }

  /** About how much memory holds what is not durable. */
  get unsyncedBytes(): number {
    return this.unsynced;
  }

  /** How many of `bytes` at `position` can be written with so many free pages. */
  room(position: number, bytes: number, freePages: number): number {
    for (const { index, at } of spans(position, bytes)) {
      if (this.live.page(index) === undefined && freePages-- <= 0) return at;
    }
    return bytes;
  }

  read(into: Uint8Array, position: number): number {
    return this.live.read(into, position);
  }

  /** `data` is kept, and must not change any more. */
  write(data: Uint8Array, position: number): void {
    for (const { index } of spans(position, data.byteLength)) this.keepDurable(index);
    this.live.write(data, position);
    this.changed(position, data.byteLength, data);
  }

  resize(bytes: number): void {
    const cut = Math.max(0, this.bytes - bytes);
    for (const index of this.live.indexesFrom(Math.floor(bytes / pageBytes))) this.keepDurable(index);
    this.live.resize(bytes);
    this.changed(bytes, cut, undefined);
  }

  /** What a sync that is called now makes durable. */
  mark(): number {
    return this.sequence;
  }

  sync(mark: number): void {
    const done = this.changes.filter(({ sequence }) => sequence <= mark);
    this.durableLength = done.at(-1)?.length ?? this.lost.at(-1)?.length ?? this.durableLength;
    // The length is no data: what a failed sync left of it undone, the next one does.
    this.lost = this.lost
      .filter(({ bytes }) => bytes > 0)
      .map((change) => ({ ...change, length: this.durableLength }));
    if (done.length === this.changes.length && this.lost.length === 0) {
      this.durable.clear();
      this.changes = [];
    } else {
      this.syncSectors(done);
    }
    this.unsynced = this.changes.reduce((sum, change) => sum + costOf(change), 0);
  }

  /** After a failed fsync, Linux does not write again what it could not write: https://lwn.net/Articles/752063/ */
  failSync(mark: number): void {
    this.lost.push(...this.changes.filter(({ sequence }) => sequence <= mark));
    this.changes = this.changes.filter(({ sequence }) => sequence > mark);
  }

  /** The power is lost. */
  crash(choice: Choice): void {
    const changes = [...this.lost, ...this.changes];
    for (const [index, ofPage] of changesByPage(changes, this.durable)) {
      const before = this.durable.get(index);
      const page = before?.slice() ?? new Uint8Array(pageBytes);
      let written = before !== undefined;
      for (const offset of sectorsOfPage) {
        const position = index * pageBytes + offset;
        const versions = ofPage.filter((change) => touches(change, position, sectorBytes));
        for (const change of versions.slice(0, choice.upTo(versions.length))) {
          applyTo(page.subarray(offset, offset + sectorBytes), position, change);
          written = true;
        }
      }
      this.live.setPage(index, written ? page : undefined);
    }
    this.live.resize(this.lengthAfterCrash(changes, choice));
    this.settle();
  }

  /** Everything is durable as readers see it. */
  settle(): void {
    this.lost = [];
    this.sync(this.sequence);
  }

  fork(): FileBytes {
    const twin = new FileBytes(this.live.fork());
    twin.durable = new Map(this.durable);
    twin.durableLength = this.durableLength;
    twin.changes = this.changes.slice();
    twin.lost = this.lost.slice();
    twin.sequence = this.sequence;
    twin.unsynced = this.unsynced;
    return twin;
  }

  private changed(position: number, bytes: number, data: Uint8Array | undefined): void {
    const change = { sequence: ++this.sequence, position, bytes, data, length: this.bytes };
    this.changes.push(change);
    this.unsynced += costOf(change);
  }

  private keepDurable(index: number): void {
    if (!this.durable.has(index)) this.durable.set(index, this.live.page(index));
  }

  private lengthAfterCrash(changes: readonly Change[], choice: Choice): number {
    const lengths = [this.durableLength, ...changes.map(({ length }) => length)];
    const done = choice.upTo(changes.length);
    const to = lengths[done] ?? this.durableLength;
    return choice.lengthBetween(lengths[done - 1] ?? to, to, sectorBytes);
  }

  /** Makes the sectors durable that `done` touched, whole, and leaves the changes after it and the other lost ones. */
  private syncSectors(done: readonly Change[]): void {
    const last = done.at(-1)?.sequence ?? 0;
    const synced = changesByPage(done, this.durable);
    const until = changesByPage([...this.lost, ...done], this.durable);
    for (const [index, ofPage] of synced) {
      const onDisk = this.durable.get(index)?.slice() ?? new Uint8Array(pageBytes);
      const page = onDisk.slice();
      for (const change of until.get(index) ?? []) applyTo(page, index * pageBytes, change);
      for (const offset of sectorsOfPage) {
        const position = index * pageBytes + offset;
        if (!ofPage.some((change) => touches(change, position, sectorBytes))) continue;
        onDisk.set(page.subarray(offset, offset + sectorBytes), offset);
        this.lost = this.lost.flatMap((change) => without(change, position, sectorBytes));
      }
      this.durable.set(index, onDisk);
    }
    this.changes = this.changes.filter(({ sequence }) => sequence > last);
    const stillTouched = changesByPage([...this.lost, ...this.changes], this.durable);
    for (const index of [...this.durable.keys()]) if (!stillTouched.has(index)) this.durable.delete(index);
  }
}
