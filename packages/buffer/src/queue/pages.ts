import { Cursor, decodeRecord, encodedRoom, encodeHeaders, encodeRecord } from '@holdfast/core/internal';
import { recordBytes, type Delivery, type RecordStore, type SerializedRecord } from '@holdfast/core/stage';
import { noPage } from '../errors.js';

const pageBytes = 256 * 1024;
/** The objects of a larger record weigh little beside its bytes, and it would waste pages. */
const maxParkedBytes = 16 * 1024;

interface Page {
  readonly bytes: Buffer;
  /** The timestamp of its first record; the others are stored relative to it. */
  baseTimestamp: number;
  used: number;
  live: number;
}

/**
 * Keeps the bytes of waiting records in large pages, so that a record costs its envelope and its
 * bytes instead of several objects. A page is never written again after a record was taken from it:
 * records that were taken are views into it, and it is freed with the last view.
 */
export class Pages implements RecordStore {
  private readonly pages = new Map<number, Page>();
  private readonly topics: string[] = [];
  private readonly topicIds = new Map<string, number>();
  private current: Page = newPage();
  private currentId = 0;
  /**
   * Ids of freed pages, to be used again: small ids keep a `ref` a small integer, which V8 stores
   * without a box.
   */
  private readonly freeIds: number[] = [];
  private liveBytes = 0;

  constructor(
    /**
     * Holes are closed only beyond this: a backlog may keep what it needed once until it has
     * drained.
     */
    private readonly maxBytes: number,
  ) {
    this.pages.set(this.currentId, this.current);
  }

  /** Bytes of all pages that hold a record. */
  get bytes(): number {
    return this.pages.size * pageBytes;
  }

  /**
   * Whether the pages exceed `maxBytes` and consist mostly of holes: time to park the waiting
   * records again.
   */
  get isSparse(): boolean {
    return this.bytes > this.maxBytes && this.bytes > 2 * this.liveBytes;
  }

  /**
   * Moves the record's bytes into a page and returns true. Returns false if the record is too large
   * to be worth it, or if its bytes cannot be read: the stage it is sent to judges that.
   */
  park(delivery: Delivery): boolean {
    if (recordBytes(delivery.record) > maxParkedBytes) return false;
    try {
      return this.encode(delivery);
    } catch {
      return false;
    }
  }

  private encode(delivery: Delivery): boolean {
    const { record } = delivery;
    const headers = record.hasHeaders ? encodeHeaders(record.headers) : undefined;
    const needed = encodedRoom(record, headers);
    if (needed > pageBytes) return false;
    if (this.current.used + needed > pageBytes) this.startPage();
    const page = this.current;
    const cursor = new Cursor(page.bytes, page.used);
    if (page.used === 0) page.baseTimestamp = record.timestamp;
    encodeRecord(cursor, record, this.topicId(record.topic), page.baseTimestamp, headers);
    delivery.park(this, this.currentId * pageBytes + page.used);
    this.liveBytes += cursor.at - page.used;
    page.used = cursor.at;
    page.live++;
    return true;
  }

  take(ref: number): SerializedRecord {
    const id = Math.floor(ref / pageBytes);
    const page = this.pages.get(id);
    if (page === undefined) throw noPage(id);
    const start = ref % pageBytes;
    const cursor = new Cursor(page.bytes, start);
    const record = decodeRecord(cursor, page.baseTimestamp, (topic) => this.topics[topic] ?? '');
    this.liveBytes -= cursor.at - start;
    if (--page.live === 0 && page !== this.current) this.free(id);
    return record;
  }

  private startPage(): void {
    if (this.current.live === 0) this.free(this.currentId);
    this.current = newPage();
    this.currentId = this.freeIds.pop() ?? this.pages.size;
    this.pages.set(this.currentId, this.current);
  }

  private free(id: number): void {
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

const newPage = (): Page => ({
  bytes: Buffer.allocUnsafeSlow(pageBytes),
  baseTimestamp: 0,
  used: 0,
  live: 0,
});
