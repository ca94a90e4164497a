import type { ConsumedRecord } from '../contract/consumed-record.js';
import { ProducerError } from '../contract/error.js';
import { afterSilence } from '../kit/silence.js';
import { sleep } from '../kit/sleep.js';
import type { TopicRequest } from './read-topic-options.js';
import type { PartitionSpan, ReadPart, TopicSource } from './topic-source.js';

/** The pause after a failed request, ms, as Java's `retry.backoff.ms`. */
const pauseMs = 100;

/**
 * Yields all records that a topic contains when the first one is requested: partition after
 * partition, by offset. It does not wait for records written later. It opens the source at the
 * first request, and closes it at the end, also after an error. Throws a `ProducerError`, or the
 * reason of the request's signal.
 */
export async function* readSource(
  open: () => TopicSource,
  request: TopicRequest,
): AsyncGenerator<ConsumedRecord, void, undefined> {
  request.signal?.throwIfAborted();
  const source = open();
  const asker = new Asker(request);
  try {
    const spans = await asker.spans(source);
    for (const { partition, first, end } of spans) {
      let next = Math.max(first, request.from.get(partition) ?? first);
      // The last offset may never be seen: it may be a transaction's marker, or compacted away.
      while (next < end) {
        const part = await asker.read(source, { partition, first: next, end });
        for (const record of part.records) {
          request.signal?.throwIfAborted();
          if (record.offset >= next && record.offset < end) yield record;
        }
        next = part.next;
      }
    }
  } finally {
    const closed = source.close().catch(() => undefined);
    if (request.signal?.aborted !== true) await closed;
  }
}

/** Repeats requests to a source until one succeeds, or none has for too long. */
class Asker {
  constructor(private readonly request: TopicRequest) {}

  async spans(source: TopicSource): Promise<readonly PartitionSpan[]> {
    const { topic, from } = this.request;
    const where = `topic '${topic}'`;
    const spans = await this.ask(where, async (leftMs) => {
      try {
        return await source.spans(leftMs);
      } catch (error) {
        // Retriable for a producer, which may wait for the topic; a reader has nothing to wait for.
        throw ProducerError.is(error) && error.code === 'UNKNOWN_TOPIC'
          ? retold(error, error.message, false)
          : error;
      }
    });
    const known = new Set(spans.map(({ partition }) => partition));
    const unknown = [...from.keys()].filter((partition) => !known.has(partition));
    if (unknown.length === 0) return spans.toSorted((a, b) => a.partition - b.partition);
    throw new ProducerError(
      'UNKNOWN_PARTITION',
      `${where} has ${spans.length} partitions, and none of the number ${unknown.join(', ')}; leave it out of 'from'`,
      { field: 'from' },
    );
  }

  read(source: TopicSource, { partition, first, end }: PartitionSpan): Promise<ReadPart> {
    const where = `topic '${this.request.topic}', partition ${partition}, from offset ${first} on, of ${end}`;
    return this.ask(where, async (leftMs) => {
      const part = await source.read(partition, first, leftMs);
      return part.next > first ? part : undefined;
    });
  }

  /** `undefined`: no records came, and the request is repeated. */
  private async ask<T>(where: string, question: (leftMs: number) => Promise<T | undefined>): Promise<T> {
    const { env, timeoutMs, signal } = this.request;
    const deadline = env.clock.now() + timeoutMs;
    let trouble: ProducerError | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const leftMs = deadline - env.clock.now();
      if (leftMs <= 0) throw this.tooLong(where, trouble);
      try {
        const answer = await this.within(leftMs, question(leftMs));
        if (answer !== undefined) {
          if (trouble !== undefined) env.logger.warn(`reading ${where}: it goes on`);
          return answer;
        }
      } catch (error) {
        if (!ProducerError.is(error) || !error.retriable) throw error;
        if (trouble === undefined) {
          env.logger.warn(`reading ${where}: ${error.message}; it is tried again`, { code: error.code });
        }
        trouble = error;
        await this.within(leftMs, sleep(env.clock, pauseMs));
      }
    }
  }

  /**
   * Resolves with `undefined` at the end of the time, or when the signal is aborted; a later result
   * is ignored.
   */
  private within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    const { env, signal } = this.request;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        end();
        resolve(undefined);
      };
      const timer = afterSilence(env.clock, ms, stop);
      const end = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', stop);
      };
      signal?.addEventListener('abort', stop);
      work.then(resolve, reject).finally(end);
    });
  }

  private tooLong(where: string, trouble: ProducerError | undefined): ProducerError {
    const over = `reading ${where}: nothing came for ${this.request.timeoutMs} ms ('timeoutMs')`;
    if (trouble !== undefined) return retold(trouble, `${over}: ${trouble.message}`, true);
    return new ProducerError(
      'REQUEST_TIMED_OUT',
      `${over}, and no error: the brokers are slow, or have lost what was there; try again, with more time`,
      { retriable: true },
    );
  }
}

const retold = (error: ProducerError, message: string, retriable: boolean): ProducerError =>
  new ProducerError(error.code, message, {
    cause: error,
    retriable,
    kafka: error.kafka,
    stage: error.stage,
  });
