import type { ProducerStats } from '@holdfast/core';

/** Returns the stats of a running producer that has been given no record. */
export const emptyStats = (): ProducerStats => ({
  state: 'running',
  sent: 0,
  held: 0,
  waitingForRoom: 0,
  longestWaitForRoomMs: 0,
  delivered: 0,
  deadLettered: 0,
  accepted: 0,
  failed: 0,
  unknown: 0,
  errors: { deadLettered: {}, failed: {}, unknown: {} },
  attempts: {
    records: 0,
    retried: 0,
    delivered: 0,
    inFlightRecords: 0,
    oldestInFlightMs: 0,
    retriableErrors: {},
    fatalErrors: {},
  },
  stages: {},
});
