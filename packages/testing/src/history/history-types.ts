import type { Bytes, Headers, Outcome } from '@holdfast/core';

/** The invariants of Holdfast, see the README. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10';

export interface Violation {
  readonly invariant: Invariant;
  /** What is wrong, with the record and where it stands. */
  readonly message: string;
  /** The record's id, when it is about one. */
  readonly id?: string;
}

/** A record as the caller gave it. */
export interface SentRecord {
  readonly topic: string;
  readonly key?: Bytes | undefined;
  readonly value: Bytes;
  readonly headers?: Readonly<Headers> | undefined;
  /** The one asked for. */
  readonly partition?: number | undefined;
}

/** A record as it is read back: from a topic, by any consumer, or from a `TopicLog`. */
export interface FoundRecord {
  readonly topic: string;
  readonly partition: number;
  /** Absent when unknown; then the order in which they are given counts. */
  readonly offset?: number;
  readonly key: Bytes;
  readonly value: Bytes;
  readonly headers?: Readonly<Headers>;
  /** Milliseconds since 1970. `adapterConformance` compares it, `HistoryChecker` does not. */
  readonly timestamp?: number;
}

/** What tells one record from another, in what was sent and in what is found. */
export type IdOf = (record: Pick<FoundRecord, 'topic' | 'key' | 'value'>) => string;

export interface HistoryOptions {
  /** Printed with the violations, to repeat the run. */
  readonly seed?: number;
  /** Default: topic, key and value together. Give one when a middleware changes the value on the way. */
  readonly idOf?: IdOf;
  /** Headers that a middleware adds or changes on purpose: not compared. `true`: none is compared. Default none. */
  readonly ignoreHeaders?: readonly string[] | true;
  /** False: nothing keeps the order of a lane, so I3 is not checked. Default true. */
  readonly lanes?: boolean;
  /**
   * A middleware changes topic, key, value or partition on purpose, and `idOf` tells the records apart all the same. I2 is not
   * checked, a receipt's partition and offset are compared and not its topic, and a lane has an order within one partition of
   * one topic only. Default false.
   */
  readonly changesRecords?: boolean;
  /** What is found and was not sent is somebody else's, and passed over. Default false: it breaks I2. */
  readonly othersWrite?: boolean;
}

/** What a producer's `stats()` says; any other counts in this form will do. */
export interface Counts {
  readonly sent: number;
  readonly delivered: number;
  readonly accepted: number;
  readonly deadLettered: number;
  readonly failed: number;
  readonly unknown: number;
  readonly held: number;
}

/** Counts of a whole history; every number is of records. */
export interface HistorySummary {
  readonly sent: number;
  /** `delivered` or `accepted`. */
  readonly acknowledged: number;
  readonly deadLettered: number;
  readonly failed: number;
  readonly unknown: number;
  /** Without an outcome. */
  readonly open: number;
  /** Found, duplicates included. */
  readonly inTopic: number;
  /** Acknowledged and not found. */
  readonly lost: number;
  /** Copies beyond the first. */
  readonly duplicated: number;
  /** Of these: copies of records that once had the outcome `unknown`, or were recovered. */
  readonly duplicatedAfterUnknown: number;
  /** First occurrences that stand behind one of the same lane that was sent later. */
  readonly outOfOrder: number;
}

/** One record's life, as far as it is known. */
export interface Entry {
  readonly id: string;
  /** Place among all that were sent, from 0. */
  readonly number: number;
  readonly record: SentRecord;
  /** `undefined`: no order to keep. */
  readonly lane: string | undefined;
  outcome: Outcome | undefined;
  /** Once `unknown`, or recovered: it may stand in the topic more than once. */
  mayRepeat: boolean;
  /** Acknowledged, and yet it need not be in the topic. */
  mayBeAbsent: boolean;
  /** Nothing is promised of its place among those of its lane. */
  unordered: boolean;
  readonly found: FoundRecord[];
}
