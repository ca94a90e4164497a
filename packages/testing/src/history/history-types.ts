import type { Bytes, Headers, Outcome } from '@holdfast/core';

/** The invariants of Holdfast, see the README. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10';

export interface Violation {
  readonly invariant: Invariant;
  /** The problem, with the record and its place. */
  readonly message: string;
  /** The record's id, if the problem is about one. */
  readonly id?: string;
}

/** A record as the caller gave it. */
export interface SentRecord {
  readonly topic: string;
  readonly key?: Bytes | undefined;
  readonly value: Bytes;
  readonly headers?: Readonly<Headers> | undefined;
  /** The requested partition. */
  readonly partition?: number | undefined;
}

/** A record as it is read back: from a topic, by any consumer, or from a `TopicLog`. */
export interface FoundRecord {
  readonly topic: string;
  readonly partition: number;
  /** Absent if unknown; then the order of the records counts. */
  readonly offset?: number;
  readonly key: Bytes;
  readonly value: Bytes;
  readonly headers?: Readonly<Headers>;
  /** Milliseconds since 1970. `adapterConformance` compares it, `HistoryChecker` does not. */
  readonly timestamp?: number;
}

/** Returns a record's identity, the same for the sent and the found record. */
export type IdOf = (record: Pick<FoundRecord, 'topic' | 'key' | 'value'>) => string;

export interface HistoryOptions {
  /** Printed with the violations, to repeat the run. */
  readonly seed?: number;
  /** Default: topic, key and value together. Required if a middleware changes the value. */
  readonly idOf?: IdOf;
  /**
   * Headers that are not compared because a middleware adds or changes them; `true`: all. Default
   * none.
   */
  readonly ignoreHeaders?: readonly string[] | true;
  /** Whether the chain keeps the order of lanes. If false, I3 is not checked. Default true. */
  readonly lanes?: boolean;
  /**
   * A middleware changes topic, key, value or partition on purpose, and `idOf` still identifies the
   * records. I2 is not checked, a receipt's partition and offset are compared but not its topic,
   * and a lane has an order only within one partition of one topic. Default false.
   */
  readonly changesRecords?: boolean;
  /**
   * Records that were found but not sent belong to others and are ignored. Default false: they
   * break I2.
   */
  readonly othersWrite?: boolean;
}

/** Counts as in a producer's `stats()`. */
export interface Counts {
  readonly sent: number;
  readonly delivered: number;
  readonly accepted: number;
  readonly deadLettered: number;
  readonly failed: number;
  readonly unknown: number;
  readonly held: number;
}

/** Numbers of records in a whole history. */
export interface HistorySummary {
  readonly sent: number;
  /** `delivered` or `accepted`. */
  readonly acknowledged: number;
  readonly deadLettered: number;
  readonly failed: number;
  readonly unknown: number;
  /** Sent, without an outcome. */
  readonly open: number;
  /** Found, duplicates included. */
  readonly inTopic: number;
  /** Acknowledged and not found. */
  readonly lost: number;
  /** Copies beyond the first. */
  readonly duplicated: number;
  /** Duplicates of records that were `unknown` once, or recovered. */
  readonly duplicatedAfterUnknown: number;
  /** First copies behind a record of the same lane that was sent later. */
  readonly outOfOrder: number;
}

/** What is known about one record. */
export interface Entry {
  readonly id: string;
  /** Index among all sent records. */
  readonly number: number;
  readonly record: SentRecord;
  /** `undefined`: no order to keep. */
  readonly lane: string | undefined;
  outcome: Outcome | undefined;
  /** It was `unknown` once, or recovered, so it may be in the topic more than once. */
  mayRepeat: boolean;
  /** It was acknowledged, but need not be in the topic. */
  mayBeAbsent: boolean;
  /** Its order within its lane is not guaranteed. */
  unordered: boolean;
  readonly found: FoundRecord[];
}
