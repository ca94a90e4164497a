/**
 * The input of both sides, with its bytes ready: a record of Holdfast, and a message of kafkajs.
 */
export interface BenchRecord {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
}

const keyCount = 10_000;
const valueCount = 1_000;

/**
 * The same for the same arguments: keys in a fixed random order, 10,000 different ones, and 1,000
 * different values.
 */
export function makeRecords(topic: string, count: number, valueBytes: number): readonly BenchRecord[] {
  const random = xorshift(0x9e3779b9);
  const keys = Array.from({ length: keyCount }, (_, index) =>
    Buffer.from(`key-${String(index).padStart(6, '0')}`),
  );
  const values = Array.from({ length: valueCount }, () => {
    const value = Buffer.alloc(valueBytes);
    for (let at = 0; at < valueBytes; at++) value[at] = random() & 255;
    return value;
  });
  return Array.from({ length: count }, () => ({
    topic,
    key: keys[random() % keyCount] ?? Buffer.alloc(0),
    value: values[random() % valueCount] ?? Buffer.alloc(0),
  }));
}

export function recordAt(records: readonly BenchRecord[], index: number): BenchRecord {
  const record = records[index];
  if (record === undefined) throw new RangeError(`no record ${index}`);
  return record;
}

/** Marsaglia's xorshift32, https://www.jstatsoft.org/article/view/v008i14, as unsigned integers. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}
