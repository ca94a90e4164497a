/** How records are compressed. */
export interface Codec {
  /**
   * Its number on the wire: https://kafka.apache.org/documentation/#recordbatch, attributes, bits 0
   * to 2.
   */
  readonly id: number;
  /** Rejects with `SERIALIZER_FAILED`. */
  readonly compress: (records: Buffer) => Promise<Uint8Array>;
}

/** Kafka's names of the codecs; the indexes are their numbers. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
