import { plainHeaders, textOrBase64, type PlainHeaders, type TextOrBase64 } from '@holdfast/core/internal';
import type { SerializedRecord } from '@holdfast/core/stage';

/** A record of a journal as plain data. */
export interface ExportedRecord {
  readonly sequence: number;
  /** Kafka has it, or it was given up; the next start sends the others. */
  readonly acknowledged: boolean;
  readonly topic: string;
  /** Absent: chosen by the client. */
  readonly partition?: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: TextOrBase64 | null;
  readonly value: TextOrBase64 | null;
  readonly headers: PlainHeaders;
}

export function exported(
  sequence: number,
  acknowledged: boolean,
  { topic, partition, timestamp, key, value, headers }: SerializedRecord,
): ExportedRecord {
  return {
    sequence,
    acknowledged,
    topic,
    ...(partition !== undefined && { partition }),
    timestamp,
    key: key === null ? null : textOrBase64(key),
    value: value === null ? null : textOrBase64(value),
    headers: plainHeaders(headers),
  };
}
