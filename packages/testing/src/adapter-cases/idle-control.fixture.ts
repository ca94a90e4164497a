import type { KafkaControl } from './kafka-control.js';

const nothing = (): Promise<void> => Promise.resolve();

/** A cluster of one broker on which nothing is done; `more` replaces what a test asks about. */
export const idleControl = (more: Partial<KafkaControl> = {}): KafkaControl => ({
  brokers: [],
  size: 1,
  security: undefined,
  createTopic: nothing,
  leader: () => Promise.resolve(1),
  describeTopic: () => Promise.resolve([]),
  kill: nothing,
  start: nothing,
  killAll: nothing,
  startAll: nothing,
  pause: nothing,
  resume: nothing,
  ready: nothing,
  ...more,
});
