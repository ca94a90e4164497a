import { Cursor, decodeRecord, encodedRoom, encodeHeaders, encodeRecord } from '@holdfast/core/internal';
import { recordBytes, type Delivery, type RecordStore, type SerializedRecord } from '@holdfast/core/stage';

const pageBytes = 256 * 1024;
/** A larger record's objects weigh little beside its bytes, and it would waste pages. */
const largestParked = 16 * 1024;

interface Page {
  readonly bytes: Buffer;
  /** What the timestamps in it are counted from; the first record's. */
  time: number;
  used: number;
  live: number;
}

/**
 * Keeps the bytes of waiting records in large pages, so that each costs its envelope and its bytes and not a handful of
 * objects. A page is never written again after a record was taken from it: what was taken are views into it, and it goes
 * when the last view does.
 */
export class Pages implements RecordStore {
  private readonly pages = new Map<number, Page>();
  private readonly topics: string[] = [];
  private readonly topicIds = new Map<string, number>();
  private current: Page = newPage();
  private currentId = 0;
  /** Ids of pages that are gone: small ids keep a `ref` a small integer, which V8 stores without a box. */
  private readonly freeIds: number[] = [];
  private liveBytes = 0;

  constructor(
    /** Holes are closed only beyond this: what a backlog needed once, it may keep until it has drained. */
    private readonly roomBytes: number,
  ) {
    this.pages.set(this.currentId, this.current);
  }

  /** Bytes of all pages that hold a record. */
  get bytes(): number {
    return this.pages.size * pageBytes;
  }

  /** The pages outgrow their room, and more than half of them is holes: move what lives. */
  get isSparse(): boolean {
    return this.bytes > this.roomBytes && this.bytes > 2 * this.liveBytes;
  }

  /**
   * Moves the record's bytes here; false when it is too large to be worth it, or has none that can be read: whoever it is handed to
   * judges that.
   */
  park(delivery: Delivery): boolean {
    if (recordBytes(delivery.record) > largestParked) return false;
    try {
      return this.encode(delivery);
    } catch {
      return false;
    }
  }

  private encode(delivery: Delivery): boolean {
    const { record } = delivery;
    const headers = record.hasHeaders ? encodeHeaders(record.headers) : undefined;
    const need = encodedRoom(record, headers);
    if (need > pageBytes) return false;
    if (this.current.used + need > pageBytes) this.turnPage();
    const page = this.current;
    const cursor = new Cursor(page.bytes, page.used);
    if (page.used === 0) page.time = record.timestamp;
    encodeRecord(cursor, record, this.topicId(record.topic), page.time, headers);
    delivery.park(this, this.currentId * pageBytes + page.used);
    this.liveBytes += cursor.at - page.used;
    page.used = cursor.at;
    page.live++;
    return true;
  }

  take(ref: number): SerializedRecord {
    const id = Math.floor(ref / pageBytes);
    const page = this.pages.get(id);
    if (page === undefined) throw new Error(`no page ${id} in the buffer`);
    const start = ref % pageBytes;
    const cursor = new Cursor(page.bytes, start);
    const record = decodeRecord(cursor, page.time, (topic) => this.topics[topic] ?? '');
    this.liveBytes -= cursor.at - start;
    if (--page.live === 0 && page !== this.current) this.forget(id);
    return record;
  }

  private turnPage(): void {
    if (this.current.live === 0) this.forget(this.currentId);
    this.current = newPage();
    this.currentId = this.freeIds.pop() ?? this.pages.size;
    this.pages.set(this.currentId, this.current);
  }

  private forget(id: number): void {
    this.pages.delete(id);
    this.freeIds.push(id);
  }

  private topicId(topic: string): number {
    let id = this.topicIds.get(topic);
    if (id === undefined) {
      id = this.topics.push(topic) - 1;
      this.topicIds.set(topic, id);
    }
    return id;
  }
}

const newPage = (): Page => ({ bytes: Buffer.allocUnsafeSlow(pageBytes), time: 0, used: 0, live: 0 });
