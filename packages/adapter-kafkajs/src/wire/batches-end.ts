/**
 * Offsets in a record batch: the end of its length field, the magic number, and the last record's
 * offset delta.
 */
const lengthEnd = 12;
const magicAt = 16;
const lastOffsetDeltaAt = 23;
const headBytes = lastOffsetDeltaAt + 4;

/**
 * Returns the offset after the last whole record batch in the response to a Fetch of one partition
 * (versions 4 to 11), given without the response header. kafkajs reports records only, and a batch
 * need have none: compaction leaves an idempotent producer's last batch in place, empty.
 * `undefined`: there is no such batch.
 * The formats: https://kafka.apache.org/protocol#The_Messages_Fetch,
 * https://kafka.apache.org/documentation/#recordbatch.
 */
export function batchesEnd(answer: Buffer, version: number): number | undefined {
  let end: number | undefined;
  let at = batchesStart(answer, version);
  while (at + headBytes <= answer.length && answer.readInt8(at + magicAt) >= 2) {
    const next = at + lengthEnd + answer.readInt32BE(at + lengthEnd - 4);
    if (next > answer.length) break; // cut off
    end = Number(answer.readBigInt64BE(at)) + answer.readInt32BE(at + lastOffsetDeltaAt) + 1;
    at = next;
  }
  return end;
}

/** Returns where the batches begin. They are the last field of the response. */
function batchesStart(answer: Buffer, version: number): number {
  let at = 4; // throttle time
  if (version >= 7) at += 6; // error, session
  at += 4; // count of topics
  at += 2 + answer.readInt16BE(at); // name
  at += 4; // count of partitions
  at += 4 + 2 + 8 + 8; // partition, error, high watermark, last stable offset
  if (version >= 5) at += 8; // first offset
  at += 4 + 16 * Math.max(0, answer.readInt32BE(at)); // aborted transactions
  if (version >= 11) at += 4; // preferred replica
  return at + 4; // bytes of the batches
}
