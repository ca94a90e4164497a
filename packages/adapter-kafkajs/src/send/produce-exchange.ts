import type { ProducerError } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { requestError } from '../client/kafkajs-errors.js';
import type { Broker } from '../cluster/broker.js';
import type { ProduceResponse } from '../wire/decode-produce.js';
import { LargeRecordDisconnects } from './large-record-disconnects.js';
import type { ProduceRequest } from './produce-request.js';
import type { BatchResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';

/**
 * Why a request is not sent: it is too large, or a record cannot be encoded, or a batch cannot be
 * compressed.
 */
const refusedUnsent: readonly string[] = ['RECORD_TOO_LARGE', 'INVALID_RECORD', 'SERIALIZER_FAILED'];

/** What became of one request. */
export interface Exchanged {
  /** `undefined`: none came, or none was due (`acks: 0`). */
  readonly response: ProduceResponse | undefined;
  readonly results: readonly BatchResult[];
  /**
   * Refused together before anything was sent, and without results: each goes in a request of its
   * own.
   */
  readonly apart: readonly RecordBatch[];
}

/** Sends produce requests to brokers, one call for each, and finds the results of their batches. */
export class ProduceExchange {
  private readonly largeRecords = new LargeRecordDisconnects();

  constructor(private readonly timeoutMs: number) {}

  /** Never rejects. */
  async send(request: ProduceRequest, broker: Broker): Promise<Exchanged> {
    const batches = request.batches();
    for (const batch of batches) batch.handedOver = true;
    try {
      return await this.exchange(request, batches, broker);
    } finally {
      for (const batch of batches) batch.handedOver = false;
    }
  }

  private async exchange(
    request: ProduceRequest,
    batches: readonly RecordBatch[],
    broker: Broker,
  ): Promise<Exchanged> {
    try {
      const response = await broker.call(
        (connection) => connection.produce({ request: () => request.data(), onEncoded: request.onEncoded }),
        this.timeoutMs,
      );
      const results = request.resultsOf(response, broker.address);
      this.largeRecords.note(batches, undefined);
      return { response, results, apart: [] };
    } catch (thrown) {
      const error = requestError(thrown, broker.address);
      if (refusedUnsent.includes(error.code) && batches.length > 1)
        return { response: undefined, results: [], apart: batches };
      return { response: undefined, results: this.resultsWithout(request, batches, error), apart: [] };
    }
  }

  private resultsWithout(
    request: ProduceRequest,
    batches: readonly RecordBatch[],
    error: ProducerError,
  ): BatchResult[] {
    const refusal = this.largeRecords.note(batches, error);
    if (refusal === undefined) return request.resultsWithout(error);
    const result = failed(refusal);
    for (const batch of batches) batch.presumedTooLarge = true;
    return batches.map((batch) => ({ batch, result }));
  }
}
