import { AsyncWorkLoop, RingQueue } from '@holdfast/core/internal';
import { spoiltRecord } from '@holdfast/core/stage';
import { codeOrName } from '../errors.js';
import { decodeLine, encodeLine } from '../format/json-line.js';
import type { DescribeOptions } from '../letter/describe.js';
import type { PendingLetter } from '../letter/pending-letter.js';
import type { FileSinkStats, SinkStats } from '../stats.js';
import type { RollingFileWriter } from './file/rolling-file-writer.js';
import { closed, refuse, type PutCallback, type QueuedLetter, type Sink } from './sink.js';

interface Batch {
  readonly letters: readonly QueuedLetter[];
  readonly lines: Uint8Array;
}

/** The approximate size of the lines that are written and synced together. */
const batchBytes = 1024 * 1024;

/**
 * Writes dead letters to the local disk, and takes a letter once it is durable there. Letters that
 * wait while the disk is busy are written together.
 */
export class FileSink implements Sink {
  readonly name = 'file';
  private readonly queue = new RingQueue<QueuedLetter>();
  private readonly writes = new AsyncWorkLoop(() => this.writeBatch());
  private isOpen = false;

  constructor(
    private readonly writer: RollingFileWriter,
    private readonly options: DescribeOptions,
  ) {}

  async start(): Promise<void> {
    await this.writer.start();
    this.isOpen = true;
  }

  put(letters: readonly PendingLetter[], done: PutCallback): void {
    if (!this.isOpen) return refuse(letters, closed, done);
    for (const letter of letters) this.queue.push({ letter, done });
    void this.writes.run();
  }

  async close(): Promise<void> {
    this.isOpen = false;
    finish(this.queue.takeAll(), { refusal: closed });
    await this.writes.idle();
    await this.writer.close();
  }

  stats(): Omit<FileSinkStats, keyof SinkStats> {
    return { bytes: this.writer.bytes };
  }

  private async writeBatch(): Promise<boolean> {
    if (this.queue.length === 0) return false;
    const { letters, lines } = this.nextBatch();
    if (letters.length > 0) finish(letters, await this.write(lines));
    return true;
  }

  private async write(lines: Uint8Array): Promise<WriteResult> {
    try {
      return { path: await this.writer.append(lines) };
    } catch (error) {
      return { refusal: codeOrName(error) };
    }
  }

  /** Takes at least one letter, however large, and otherwise no more than there is room for. */
  private nextBatch(): Batch {
    const letters: QueuedLetter[] = [];
    const lines: Uint8Array[] = [];
    const maxBytes = Math.min(batchBytes, this.writer.freeBytes);
    let bytes = 0;
    for (let next = this.queue.first; next !== undefined; next = this.queue.first) {
      const line = this.encode(next.letter);
      if (typeof line !== 'string' && letters.length > 0 && bytes + line.length > maxBytes) break;
      this.queue.shift();
      if (typeof line === 'string') {
        refuse([next.letter], line, next.done);
        continue;
      }
      letters.push(next);
      lines.push(line);
      bytes += line.length;
    }
    return { letters, lines: Buffer.concat(lines, bytes) };
  }

  /**
   * Returns a refusal when V8 has no string of that length, or a middleware has spoilt the record.
   */
  private encode(letter: PendingLetter): Uint8Array | 'RECORD_TOO_LARGE' | 'INVALID_RECORD' {
    const isSpoilt = spoiltRecord(letter.delivery.record) !== undefined;
    try {
      const line = encodeLine(letter.describe(this.options));
      if (!isSpoilt || typeof decodeLine(line.toString()) !== 'string') return line;
    } catch {
      if (!isSpoilt) return 'RECORD_TOO_LARGE';
    }
    return 'INVALID_RECORD';
  }
}

/** The path of the file that a batch was written to, or why it was not. */
type WriteResult = { readonly path: string } | { readonly refusal: string };

/** Letters that came in one call go back in one call. */
function finish(queued: readonly QueuedLetter[], result: WriteResult): void {
  const groups = new Map<PutCallback, PendingLetter[]>();
  for (const { letter, done } of queued) {
    if ('path' in result) letter.to = `file:${result.path}`;
    else letter.refusal = result.refusal;
    const group = groups.get(done);
    if (group === undefined) groups.set(done, [letter]);
    else group.push(letter);
  }
  for (const [done, letters] of groups) done(letters);
}
