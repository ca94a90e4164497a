import { noLane } from './delivery.js';
import { murmur2 } from './murmur2.js';
import type { SerializedRecord } from './record.js';

/**
 * Returns a record's lane: a 30-bit hash of (topic, explicit partition) or of (topic, key);
 * `noLane` when it has neither. Keys whose hashes collide share a lane and wait for each other,
 * which costs time but never order. The hash needs no partition count, so a producer can take
 * records while no broker is reachable.
 */
export function laneOf(record: SerializedRecord): number {
  if (record.partition !== undefined) return mix(hashOfTopic(record.topic), ~record.partition);
  if (record.key !== null) return mix(hashOfTopic(record.topic), murmur2(record.key));
  return noLane;
}

// Caches the last topic: most producers write to few topics, many records at a time.
let lastTopic = '';
let lastHash = hashText(lastTopic);

function hashOfTopic(topic: string): number {
  if (topic !== lastTopic) {
    lastHash = hashText(topic);
    lastTopic = topic;
  }
  return lastHash;
}

/** Returns the FNV-1a hash of UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** Mixes two numbers with MurmurHash3's finalizer, so that the low bits can index a table. */
function mix(a: number, b: number): number {
  let h = Math.imul(a, 31) ^ b;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) & 0x3fffffff;
}
