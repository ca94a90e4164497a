import { ProducerError, type Failed } from '@holdfast/core';
import { failed, type Clock } from '@holdfast/core/stage';
import { isFatal, isStaleMetadata, nativeCodes } from '../client/native-errors.js';
import { earliestTimestamp, nativeBytes, nativeHeaders } from '../client/native-record.js';
import { codeOf } from '../client/native-types.js';
import { memoryProblem } from '../client/record-checks.js';
import type { Session } from '../cluster/session.js';
import { notWritten } from '../errors.js';
import type { InFlightRecord } from './in-flight-batch.js';

/** A record that the client was not given, or did not take. */
export interface Refused {
  readonly record: InFlightRecord;
  readonly failure: Failed;
  /** The client knows no such topic or partition. */
  readonly isStale: boolean;
}

export interface ProduceResult {
  readonly refused: readonly Refused[];
  /** The client takes nothing more. */
  readonly isDead: boolean;
}

/**
 * Records that are next for the client, in order. They stay here while the client's own queue is
 * full.
 */
export class ProduceQueue {
  /** The session that they are given to; `undefined`: none. */
  session: Session | undefined;
  private records: InFlightRecord[] = [];
  /** Monotonic ms at which records were last given to the client. */
  private producedAt = 0;

  constructor(private readonly clock: Clock) {}

  get length(): number {
    return this.records.length;
  }

  add(record: InFlightRecord): void {
    this.records.push(record);
  }

  clear(): void {
    this.records = [];
  }

  /**
   * Gives the client what it takes. In a loop of its own: alternating with the client's native
   * code, our own code would be fetched into the processor's cache anew for each record.
   */
  produceAll(): ProduceResult {
    const { records, session } = this;
    const refused: Refused[] = [];
    let isDead = false;
    let next = 0;
    this.producedAt = this.clock.now();
    for (let record = records[0]; record !== undefined; record = records[++next]) {
      if (!record.isPending || session === undefined) continue;
      const result = this.produce(record, session);
      if (result === 'produced') continue;
      if (result === 'full') break;
      if (result === 'dead') {
        isDead = true;
        break;
      }
      record.batch.noteNotSent(record.delivery.lane, result.failure);
      refused.push(result);
    }
    if (next === records.length) records.length = 0;
    else records.splice(0, next);
    return { refused, isDead };
  }

  /** 'full': the client's queue is full, and nothing happened. */
  private produce(record: InFlightRecord, session: Session): 'produced' | 'full' | 'dead' | Refused {
    const { partition, delivery } = record;
    if (partition === undefined) return 'produced';
    const failure = record.batch.failureOfLane(delivery.lane);
    if (failure !== undefined) return { record, failure, isStale: false };
    const { key, value, topic, timestamp } = delivery.record;
    const headers = memoryProblem(delivery.record) ?? nativeHeaders(delivery.record);
    if (ProducerError.is(headers)) return { record, failure: failed(headers), isStale: false };
    try {
      session.producer.produce(
        topic,
        partition.index,
        value === null ? null : nativeBytes(value),
        key === null ? null : nativeBytes(key),
        timestamp || earliestTimestamp,
        record,
        headers,
      );
    } catch (thrown) {
      return this.notProduced(record, partition.index, thrown);
    }
    record.session = session.id;
    if (record.batch.sentAt < 0) record.batch.sentAt = this.producedAt;
    return 'produced';
  }

  private notProduced(record: InFlightRecord, partition: number, thrown: unknown): 'full' | 'dead' | Refused {
    const code = codeOf(thrown);
    if (code === nativeCodes.queueFull) return 'full';
    if (code === undefined || isFatal(code)) return 'dead';
    const failure = notWritten(code, { topic: record.delivery.record.topic, partition }, thrown);
    return { record, failure, isStale: isStaleMetadata(code) };
  }
}
