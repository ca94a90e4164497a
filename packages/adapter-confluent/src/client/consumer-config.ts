import type { NativeConfig } from './native-types.js';

/** The user's settings override these. */
const defaults = {
  // The client requires it. Nothing joins this group, and nothing is committed to it.
  'group.id': 'holdfast-read-topic',
  'client.id': 'holdfast',
  // At most about 4 MiB wait in the client, and its thread looks for room at once, not after a
  // second.
  'queued.min.messages': 1_000,
  'queued.max.messages.kbytes': 4_096,
  'fetch.queue.backoff.ms': 10,
  'fetch.message.max.bytes': 1024 * 1024,
  'fetch.error.backoff.ms': 100,
  // A fetch at the end of a partition delays the next partition's.
  'fetch.wait.max.ms': 50,
  'socket.keepalive.enable': true,
  'reconnect.backoff.ms': 50,
  'reconnect.backoff.max.ms': 500,
  'socket.timeout.ms': 10_000,
  // The caller may take any time between two records.
  'max.poll.interval.ms': 86_400_000,
  'log.connection.close': false,
} as const;

/** These override the user's settings. */
const fixed = {
  'enable.auto.commit': false,
  'enable.auto.offset.store': false,
  'enable.partition.eof': true,
  'auto.offset.reset': 'earliest',
  'isolation.level': 'read_committed',
  'allow.auto.create.topics': false,
} as const;

/**
 * Leaves out a producer's callbacks, which a consumer refuses. It ignores a producer's other
 * properties.
 */
export function consumerConfig(given: NativeConfig) {
  const { dr_cb: _, dr_msg_cb: __, ...usable } = given;
  return { ...defaults, ...usable, ...fixed };
}

export type ConsumerConfig = ReturnType<typeof consumerConfig>;
