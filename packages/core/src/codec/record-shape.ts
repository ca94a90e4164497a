import { headerKinds, recordFlags as flags } from './record-flags.js';
import { largestPartition } from '../intake/validate-record.js';

const largestVarint = 2 ** 32 - 1;
const longestVarint = 5;

/** Skips encoded fields without decoding them; `at` becomes -1 at the first invalid one. */
class Steps {
  constructor(
    private readonly page: Buffer,
    public at: number,
    private readonly end: number,
  ) {}

  fail(): number {
    this.at = -1;
    return -1;
  }

  /** Returns -1 if there is none. */
  varint(): number {
    if (this.at < 0) return -1;
    let value = 0;
    for (let place = 0, scale = 1; place < longestVarint && this.at < this.end; place++, scale *= 128) {
      const byte = this.page[this.at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value <= largestVarint ? value : this.fail();
    }
    return this.fail();
  }

  skip(bytes: number): void {
    if (bytes < 0 || this.at < 0 || this.at + bytes > this.end) this.fail();
    else this.at += bytes;
  }

  /** Skips a length and so many bytes. */
  bytes(): void {
    this.skip(this.varint());
  }

  number(): void {
    const { at } = this;
    this.skip(8);
    if (this.at >= 0 && !Number.isFinite(this.page.readDoubleLE(at))) this.fail();
  }
}

/**
 * Returns the end of the record that `encodeRecord` wrote at `at` of a page, before `end`; -1 if
 * none begins there. `isTopic` accepts the ids that a record may name. `has` is the flags it should
 * have, by default its own. It recognises records without decoding them.
 */
export function endOfRecord(
  page: Buffer,
  at: number,
  end: number,
  isTopic: (id: number) => boolean,
  has = page[at] ?? 0,
): number {
  if (at >= end || has > flags.all) return -1;
  const steps = new Steps(page, at + 1, end);
  if (!isTopic(steps.varint())) return -1;
  if (has & flags.nearTime) steps.varint();
  else steps.number();
  if (has & flags.partition && steps.varint() > largestPartition) return -1;
  if (has & flags.key) steps.bytes();
  if (has & flags.value) steps.bytes();
  if (has & flags.headers) {
    const start = steps.at;
    const length = steps.varint();
    const body = steps.at;
    steps.skip(length);
    if (start < 0 || steps.at < 0 || !areHeaders(page, body, steps.at)) return -1;
  }
  return steps.at;
}

function areHeaders(page: Buffer, at: number, end: number): boolean {
  const steps = new Steps(page, at, end);
  for (let left = steps.varint(); left > 0 && steps.at >= 0; left--) {
    steps.bytes();
    const kind = steps.varint();
    if (kind !== headerKinds.several) one(steps, kind);
    else for (let more = steps.varint(); more > 0 && steps.at >= 0; more--) one(steps, steps.varint());
  }
  return steps.at === end;
}

function one(steps: Steps, kind: number): void {
  if (kind === headerKinds.text || kind === headerKinds.bytes) steps.bytes();
  else steps.fail();
}
