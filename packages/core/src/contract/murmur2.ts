/**
 * Returns the 32-bit MurmurHash2 of the bytes, signed, as Kafka's Java client computes it
 * (`org.apache.kafka.common.utils.Utils.murmur2`). Verified against `vectors/murmur2.json`,
 * generated with that Java class. Algorithm: Austin Appleby, https://github.com/aappleby/smhasher
 * (public domain).
 */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length - whole;
  if (rest > 2) h ^= byte(data, whole + 2) << 16;
  if (rest > 1) h ^= byte(data, whole + 1) << 8;
  if (rest > 0) h = Math.imul(h ^ byte(data, whole), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

// Every index above is in range, so the fallback is never used.
const byte = (data: Uint8Array, index: number): number => data[index] ?? 0;
