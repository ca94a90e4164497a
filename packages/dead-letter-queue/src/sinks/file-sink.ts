import { AsyncWorkLoop, RingQueue } from '@holdfast/core/internal';
import { spoiltRecord } from '@holdfast/core/stage';
import { nameOf } from '../errors.js';
import type { DescribeOptions } from '../letter/describe.js';
import { fromLine, toLine } from '../format/json-line.js';
import type { Letter } from '../letter/pending-letter.js';
import type { LetterLog } from './file/rolling-file.js';
import { closed, refuse, type Answer, type Sink } from './sink.js';
import type { FileSinkStats, SinkStats } from '../stats.js';

interface Job {
  readonly letter: Letter;
  readonly answer: Answer;
}

interface Group {
  readonly jobs: readonly Job[];
  readonly lines: Uint8Array;
}

/** Lines that are written and synced in one go, about. */
const groupBytes = 1024 * 1024;

/** Writes dead letters to the local disk; one is taken when it is durable there. What waits while the disk is busy goes out together. */
export class FileSink implements Sink {
  readonly name = 'file';
  private readonly waiting = new RingQueue<Job>();
  private readonly writes = new AsyncWorkLoop(() => this.writeGroup());
  private open = false;

  constructor(
    private readonly log: LetterLog,
    private readonly options: DescribeOptions,
  ) {}

  async start(): Promise<void> {
    await this.log.start();
    this.open = true;
  }

  take(letters: readonly Letter[], answer: Answer): void {
    if (!this.open) return refuse(letters, closed, answer);
    for (const letter of letters) this.waiting.push({ letter, answer });
    void this.writes.run();
  }

  async close(): Promise<void> {
    this.open = false;
    answerAll(this.waiting.takeAll(), closed);
    await this.writes.idle();
    await this.log.close();
  }

  stats(): Omit<FileSinkStats, keyof SinkStats> {
    return { bytes: this.log.bytes };
  }

  private async writeGroup(): Promise<boolean> {
    if (this.waiting.length === 0) return false;
    const { jobs, lines } = this.nextGroup();
    if (jobs.length > 0) answerAll(jobs, ...(await this.write(lines)));
    return true;
  }

  private async write(lines: Uint8Array): Promise<[refusal: string, path?: string]> {
    try {
      return ['', await this.log.append(lines)];
    } catch (error) {
      return [nameOf(error)];
    }
  }

  /** One letter at least, however large; else no more than there is room for. */
  private nextGroup(): Group {
    const jobs: Job[] = [];
    const lines: Uint8Array[] = [];
    const most = Math.min(groupBytes, this.log.room);
    let bytes = 0;
    for (let job = this.waiting.first; job !== undefined; job = this.waiting.first) {
      const line = this.lineOf(job.letter);
      if (typeof line !== 'string' && jobs.length > 0 && bytes + line.length > most) break;
      this.waiting.shift();
      if (typeof line === 'string') {
        refuse([job.letter], line, job.answer);
        continue;
      }
      jobs.push(job);
      lines.push(line);
      bytes += line.length;
    }
    return { jobs, lines: Buffer.concat(lines, bytes) };
  }

  /** As text, why there is none: V8 has no string as long as that, or a middleware spoilt the record. */
  private lineOf(letter: Letter): Uint8Array | 'RECORD_TOO_LARGE' | 'INVALID_RECORD' {
    const isSpoilt = spoiltRecord(letter.delivery.record) !== undefined;
    try {
      const line = toLine(letter.describe(this.options));
      if (!isSpoilt || typeof fromLine(line.toString()) !== 'string') return line;
    } catch {
      if (!isSpoilt) return 'RECORD_TOO_LARGE';
    }
    return 'INVALID_RECORD';
  }
}

/** Letters of one flight are answered together. */
function answerAll(jobs: readonly Job[], refusal: string, path?: string): void {
  const groups = new Map<Answer, Letter[]>();
  for (const { letter, answer } of jobs) {
    if (path === undefined) letter.refusal = refusal;
    else letter.to = `file:${path}`;
    const group = groups.get(answer);
    if (group === undefined) groups.set(answer, [letter]);
    else group.push(letter);
  }
  for (const [answer, letters] of groups) answer(letters);
}
